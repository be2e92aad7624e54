import type pg from 'pg'
import { z } from 'zod'

/** A row of auth.users as the handlers here need it. */
const Person = z.object({
  id: z.uuid(),
  email: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
  confirmed: z.boolean(),
  banned: z.boolean(),
  hasPassword: z.boolean(),
  newEmail: z.string().nullable(),
  /** Seconds since the last mail of each sort. */
  confirmationAge: z.number().nullable(),
  recoveryAge: z.number().nullable(),
  changeAge: z.number().nullable(),
})
export type Person = z.infer<typeof Person>

const age = (column: string) => `extract(epoch from now() - ${column})::float8`

const columns = `
  id, email,
  coalesce(raw_user_meta_data, '{}') as data,
  email_confirmed_at is not null as confirmed,
  coalesce(banned_until > now(), false) as banned,
  coalesce(encrypted_password, '') <> '' as "hasPassword",
  nullif(email_change, '') as "newEmail",
  ${age('confirmation_sent_at')} as "confirmationAge",
  ${age('recovery_sent_at')} as "recoveryAge",
  ${age('email_change_sent_at')} as "changeAge"`

export type Queryable = Pick<pg.ClientBase, 'query'>

export async function findByEmail(db: Queryable, email: string): Promise<Person | undefined> {
  const { rows } = await db.query(`select ${columns} from auth.users where email = $1 and not is_sso_user`, [
    email,
  ])
  return rows[0] && Person.parse(rows[0])
}

/** As Auth's API describes a person. */
const json = `jsonb_strip_nulls(jsonb_build_object(
  'id', users.id,
  'aud', users.aud,
  'role', users.role,
  'email', coalesce(users.email, ''),
  'phone', coalesce(users.phone, ''),
  'email_confirmed_at', users.email_confirmed_at,
  'confirmed_at', users.confirmed_at,
  'confirmation_sent_at', users.confirmation_sent_at,
  'recovery_sent_at', users.recovery_sent_at,
  'invited_at', users.invited_at,
  'last_sign_in_at', users.last_sign_in_at,
  'banned_until', users.banned_until,
  'app_metadata', coalesce(users.raw_app_meta_data, '{}'),
  'user_metadata', coalesce(users.raw_user_meta_data, '{}'),
  'identities', coalesce((
    select jsonb_agg(jsonb_build_object(
      'identity_id', identities.id,
      'id', identities.provider_id,
      'user_id', identities.user_id,
      'identity_data', identities.identity_data,
      'provider', identities.provider,
      'last_sign_in_at', identities.last_sign_in_at,
      'created_at', identities.created_at,
      'updated_at', identities.updated_at,
      'email', identities.email) order by identities.created_at)
    from auth.identities where identities.user_id = users.id), '[]'),
  'created_at', users.created_at,
  'updated_at', users.updated_at,
  'is_anonymous', users.is_anonymous))`

export const UserJson = z.looseObject({ id: z.uuid() })
export type UserJson = z.infer<typeof UserJson>

export async function describePerson(db: Queryable, id: string): Promise<UserJson | undefined> {
  const { rows } = await db.query(`select ${json} as person from auth.users where id = $1`, [id])
  return rows[0] && UserJson.parse(rows[0].person)
}

export async function listPeople(
  db: Queryable,
  page: number,
  size: number,
): Promise<{ users: UserJson[]; total: number }> {
  const { rows } = await db.query(
    `select ${json} as person from auth.users order by created_at desc, id limit $1 offset $2`,
    [size, (page - 1) * size],
  )
  const { rows: counted } = await db.query('select count(*)::int as total from auth.users')
  return {
    users: rows.map(({ person }) => UserJson.parse(person)),
    total: z.number().parse(counted[0]?.total),
  }
}

export type NewPerson = {
  id: string
  email: string
  password: string
  data: Record<string, unknown>
  appData?: Record<string, unknown>
  confirmed: boolean
  role?: string
}

const bcryptCost = 10

/** Writes the account and its e-mail identity. Triggers may refuse, or change what they are given. */
export async function insertPerson(db: Queryable, person: NewPerson): Promise<void> {
  const { id, email, data, confirmed } = person
  const claims = { sub: id, email, email_verified: confirmed, phone_verified: false }
  const appData = { provider: 'email', providers: ['email'], ...person.appData }
  await db.query(
    `insert into auth.users
       (instance_id, id, aud, role, email, encrypted_password, email_confirmed_at, raw_app_meta_data, raw_user_meta_data)
     values ('00000000-0000-0000-0000-000000000000', $1, 'authenticated', $2, $3,
       extensions.crypt($4, extensions.gen_salt('bf', ${bcryptCost})),
       case when $5 then now() end, $6, $7)`,
    [id, person.role ?? 'authenticated', email, person.password, confirmed, appData, { ...data, ...claims }],
  )
  await db.query(
    `insert into auth.identities (id, provider, provider_id, user_id, identity_data, last_sign_in_at)
     values (gen_random_uuid(), 'email', $1::text, $1::uuid, $2, now())`,
    [id, { ...data, ...claims }],
  )
}

/** @supabase/lite writes `$2b$`, which pgcrypto does not know by name; both mean the same. */
export async function passwordMatches(db: Queryable, id: string, password: string): Promise<boolean> {
  const { rows } = await db.query(
    `select extensions.crypt($2, hash) = hash as matches
     from (select replace(encrypted_password, '$2b$', '$2a$') as hash from auth.users where id = $1) as stored`,
    [id, password],
  )
  return rows[0]?.matches === true
}

export async function audit(
  db: Queryable,
  action: string,
  actor: { id: string; email: string },
): Promise<void> {
  await db.query(
    `insert into auth.audit_log_entries (id, payload)
     values (gen_random_uuid(), $1)`,
    [{ action, actor_id: actor.id, actor_username: actor.email, actor_via_sso: false, log_type: 'user' }],
  )
}
