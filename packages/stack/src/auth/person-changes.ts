import { clearTokens } from './one-time-tokens.ts'
import type { Queryable } from './people.ts'

/*
 * The steps by which Auth writes people. They are as small as hosted Auth's and come in its order, because triggers of
 * the project see each of them: a person is first there, and confirmed by an update.
 */

const instance = '00000000-0000-0000-0000-000000000000'

export type NewPerson = {
  id: string
  aud: string
  email?: string
  phone?: string
  /** What is kept of the password; '' where there is none. */
  hash: string
  data: Record<string, unknown>
  appData: Record<string, unknown>
  isAnonymous?: boolean
}

export const audience = 'authenticated'

/** Writes the account. Triggers may refuse, or change what they are given. */
export async function insertPerson(db: Queryable, person: NewPerson): Promise<void> {
  await db.query(
    `insert into auth.users
       (instance_id, id, aud, role, email, phone, encrypted_password, raw_app_meta_data, raw_user_meta_data,
        is_anonymous, is_sso_user, created_at, updated_at,
        confirmation_token, recovery_token, email_change, email_change_token_new, email_change_token_current,
        phone_change, phone_change_token, reauthentication_token, email_change_confirm_status)
     values ('${instance}', $1, $2, '', $3, $4, $5, $6, $7, $8, false, now(), now(), '', '', '', '', '', '', '', '', 0)`,
    [
      person.id,
      person.aud,
      person.email?.toLowerCase() ?? null,
      person.phone ?? null,
      person.hash,
      person.appData,
      person.data,
      person.isAnonymous ?? false,
    ],
  )
}

export async function setRole(db: Queryable, id: string, role: string): Promise<void> {
  await db.query('update auth.users set role = $2, updated_at = now() where id = $1', [id, role.trim()])
}

/** Writes how somebody signs in: by an address or a telephone, unproven as yet. */
export async function insertIdentity(
  db: Queryable,
  id: string,
  provider: 'email' | 'phone',
  claims: Record<string, unknown>,
): Promise<void> {
  await db.query(
    `insert into auth.identities (provider, provider_id, user_id, identity_data, last_sign_in_at, created_at, updated_at)
     values ($1, $2::text, $2::uuid, $3, now(), now(), now())`,
    [provider, id, { sub: id, email_verified: false, phone_verified: false, ...claims }],
  )
}

async function updateIdentity(
  db: Queryable,
  id: string,
  provider: 'email' | 'phone',
  claims: Record<string, unknown>,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update auth.identities set identity_data = identity_data || $3, updated_at = now()
     where provider = $1 and provider_id = $2`,
    [provider, id, claims],
  )
  return rowCount !== 0
}

/** Writes an address or a telephone into the way somebody signs in by it, which is made where it was not there. */
export async function putIdentity(
  db: Queryable,
  id: string,
  provider: 'email' | 'phone',
  claims: Record<string, unknown>,
): Promise<void> {
  if (!(await updateIdentity(db, id, provider, claims))) await insertIdentity(db, id, provider, claims)
}

/** The address is proven: it may sign in, and what was mailed to it is spent. */
export async function confirmEmail(db: Queryable, id: string): Promise<void> {
  await db.query(
    `update auth.users set confirmation_token = '', email_confirmed_at = now(), updated_at = now() where id = $1`,
    [id],
  )
  await mergeData(db, id, 'raw_user_meta_data', { email_verified: true })
  await clearTokens(db, id)
}

export async function confirmPhone(db: Queryable, id: string): Promise<void> {
  await db.query(
    `update auth.users set confirmation_token = '', phone_confirmed_at = now(), updated_at = now() where id = $1`,
    [id],
  )
  await clearTokens(db, id)
}

/** Adds to what is known of somebody; a key whose value is null is taken away. */
export async function mergeData(
  db: Queryable,
  id: string,
  column: 'raw_user_meta_data' | 'raw_app_meta_data',
  changes: Record<string, unknown>,
): Promise<void> {
  const gone = Object.keys(changes).filter((key) => changes[key] === null)
  await db.query(
    `update auth.users set ${column} = (coalesce(${column}, '{}') || $2) - $3::text[], updated_at = now() where id = $1`,
    [id, changes, gone],
  )
}

/** The ways somebody signs in, the oldest first, as their token names them. */
export async function nameProviders(db: Queryable, id: string): Promise<void> {
  const { rows } = await db.query(
    'select provider from auth.identities where user_id = $1 group by provider order by min(created_at)',
    [id],
  )
  const providers = rows.map(({ provider }) => String(provider))
  const [provider] = providers
  await mergeData(db, id, 'raw_app_meta_data', { providers, ...(provider && { provider }) })
}

/**
 * Whoever changes a password may do so because somebody else knows the old one: what was mailed before and every
 * session ends, but `keptSession`.
 */
export async function setPassword(
  db: Queryable,
  id: string,
  hash: string,
  keptSession: string | null = null,
): Promise<void> {
  await db.query(
    `update auth.users set encrypted_password = $2, updated_at = now(),
       confirmation_token = '', confirmation_sent_at = null, recovery_token = '', recovery_sent_at = null,
       email_change_token_current = '', email_change_token_new = '', email_change_sent_at = null,
       phone_change_token = '', phone_change_sent_at = null,
       reauthentication_token = '', reauthentication_sent_at = null
     where id = $1`,
    [id, hash],
  )
  await clearTokens(db, id)
  await db.query('delete from auth.sessions where user_id = $1 and id::text is distinct from $2', [
    id,
    keptSession,
  ])
}
