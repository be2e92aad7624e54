import { z } from 'zod'
import type { Queryable } from './people.ts'

/** A moment as Auth writes it. */
const time = (column: string) => `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`

const identity = `json_build_object(
  'identity_id', identities.id,
  'id', identities.provider_id,
  'user_id', identities.user_id,
  'identity_data', identities.identity_data,
  'provider', identities.provider,
  'last_sign_in_at', ${time('identities.last_sign_in_at')},
  'created_at', ${time('identities.created_at')},
  'updated_at', ${time('identities.updated_at')},
  'email', nullif(identities.email, ''))`

const factor = `json_build_object(
  'id', mfa_factors.id,
  'created_at', ${time('mfa_factors.created_at')},
  'updated_at', ${time('mfa_factors.updated_at')},
  'status', mfa_factors.status,
  'friendly_name', nullif(mfa_factors.friendly_name, ''),
  'factor_type', mfa_factors.factor_type,
  'phone', coalesce(mfa_factors.phone, ''),
  'last_challenged_at', ${time('mfa_factors.last_challenged_at')})`

/** As Auth's API describes a person; what is null is left out (withoutNulls). */
const person = `json_build_object(
  'id', users.id,
  'aud', coalesce(users.aud, ''),
  'role', coalesce(users.role, ''),
  'email', coalesce(users.email, ''),
  'email_confirmed_at', ${time('users.email_confirmed_at')},
  'invited_at', ${time('users.invited_at')},
  'phone', coalesce(users.phone, ''),
  'phone_confirmed_at', ${time('users.phone_confirmed_at')},
  'confirmation_sent_at', ${time('users.confirmation_sent_at')},
  'confirmed_at', ${time('users.confirmed_at')},
  'recovery_sent_at', ${time('users.recovery_sent_at')},
  'new_email', nullif(users.email_change, ''),
  'email_change_sent_at', ${time('users.email_change_sent_at')},
  'new_phone', nullif(users.phone_change, ''),
  'phone_change_sent_at', ${time('users.phone_change_sent_at')},
  'reauthentication_sent_at', ${time('users.reauthentication_sent_at')},
  'last_sign_in_at', ${time('users.last_sign_in_at')},
  'app_metadata', coalesce(users.raw_app_meta_data, '{}'),
  'user_metadata', coalesce(users.raw_user_meta_data, '{}'),
  'factors', (
    select json_agg(${factor} order by mfa_factors.created_at)
    from auth.mfa_factors where mfa_factors.user_id = users.id),
  'identities', coalesce((
    select json_agg(${identity} order by identities.created_at)
    from auth.identities where identities.user_id = users.id), '[]'),
  'created_at', ${time('users.created_at')},
  'updated_at', ${time('users.updated_at')},
  'banned_until', ${time('users.banned_until')},
  'deleted_at', ${time('users.deleted_at')},
  'is_anonymous', users.is_anonymous)`

const Row = z.record(z.string(), z.unknown())
const Rows = z.array(Row)

export const UserJson = z.looseObject({
  id: z.guid(),
  user_metadata: Row,
  identities: z.array(z.looseObject({ id: z.string(), provider: z.string() })),
  factors: z.array(z.looseObject({ id: z.guid() })).optional(),
})
export type UserJson = z.infer<typeof UserJson>

const withoutNulls = (row: z.infer<typeof Row>, keep = '') =>
  Object.fromEntries(Object.entries(row).filter(([name, value]) => value !== null || name === keep))

/** In the order of hosted's keys, which parsing would not keep. */
function readPerson(given: unknown): UserJson {
  const row = withoutNulls(Row.parse(given))
  row.identities = Rows.parse(row.identities).map((identity) => withoutNulls(identity))
  if (row.factors) {
    row.factors = Rows.parse(row.factors).map((factor) => withoutNulls(factor, 'last_challenged_at'))
  }
  UserJson.parse(row)
  return row as UserJson
}

export async function describePerson(db: Queryable, id: string): Promise<UserJson | undefined> {
  const { rows } = await db.query(`select ${person} as person from auth.users where id = $1`, [id])
  return rows[0] && readPerson(rows[0].person)
}

export type Page = { page: number; size: number; ascending: boolean; filter: string; aud: string }

/** Part of everybody, the newest first unless asked otherwise, and how many there are. */
export async function listPeople(db: Queryable, page: Page): Promise<{ users: UserJson[]; total: number }> {
  const direction = page.ascending ? 'asc' : 'desc'
  const wanted = `aud = $1
    and ($2 = '' or email like '%' || $2 || '%' or raw_user_meta_data ->> 'full_name' ilike '%' || $2 || '%')`
  const { rows } = await db.query(
    `select ${person} as person from auth.users where ${wanted}
     order by created_at ${direction}, id ${direction} limit $3 offset $4`,
    [page.aud, page.filter, page.size, (page.page - 1) * page.size],
  )
  const { rows: counted } = await db.query(`select count(*)::int as total from auth.users where ${wanted}`, [
    page.aud,
    page.filter,
  ])
  return {
    users: rows.map(({ person }) => readPerson(person)),
    total: z.number().parse(counted[0]?.total),
  }
}
