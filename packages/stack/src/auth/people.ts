import type pg from 'pg'
import { z } from 'zod'

export type Queryable = Pick<pg.ClientBase, 'query'>

/** A row of auth.users as the handlers here need it. */
const Person = z.object({
  id: z.guid(),
  aud: z.string(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
  confirmed: z.boolean(),
  invited: z.boolean(),
  banned: z.boolean(),
  deleted: z.boolean(),
  isAnonymous: z.boolean(),
  hasPassword: z.boolean(),
  /** The address it is to be changed to, and how many of the two have agreed. */
  newEmail: z.string().nullable(),
  changeStatus: z.number(),
  confirmationToken: z.string(),
  recoveryToken: z.string(),
  changeTokenNew: z.string(),
  changeTokenCurrent: z.string(),
})
export type Person = z.infer<typeof Person>

const columns = `
  id, coalesce(aud, '') as aud, nullif(email, '') as email, nullif(phone, '') as phone,
  coalesce(raw_user_meta_data, '{}') as data,
  email_confirmed_at is not null as confirmed,
  invited_at is not null as invited,
  coalesce(banned_until > now(), false) as banned,
  deleted_at is not null as deleted,
  is_anonymous as "isAnonymous",
  coalesce(encrypted_password, '') <> '' as "hasPassword",
  nullif(email_change, '') as "newEmail",
  coalesce(email_change_confirm_status, 0) as "changeStatus",
  coalesce(confirmation_token, '') as "confirmationToken",
  coalesce(recovery_token, '') as "recoveryToken",
  coalesce(email_change_token_new, '') as "changeTokenNew",
  coalesce(email_change_token_current, '') as "changeTokenCurrent"`

export async function findByEmail(db: Queryable, email: string): Promise<Person | undefined> {
  const { rows } = await db.query(
    `select ${columns} from auth.users where lower(email) = $1 and not is_sso_user limit 1`,
    [email.toLowerCase()],
  )
  return rows[0] && Person.parse(rows[0])
}

export async function findByPhone(db: Queryable, phone: string): Promise<Person | undefined> {
  const { rows } = await db.query(`select ${columns} from auth.users where phone = $1 and not is_sso_user`, [
    phone,
  ])
  return rows[0] && Person.parse(rows[0])
}

export async function findById(db: Queryable, id: string): Promise<Person | undefined> {
  const { rows } = await db.query(`select ${columns} from auth.users where id = $1`, [id])
  return rows[0] && Person.parse(rows[0])
}

/** Whether an address belongs to somebody else, as theirs or by a way they sign in. */
export async function isTakenByAnother(db: Queryable, email: string, id?: string): Promise<boolean> {
  const { rows } = await db.query(
    `select from auth.users where lower(email) = $1 and not is_sso_user and id is distinct from $2
     union all
     select from auth.identities
     where email = $1 and provider not like 'sso:%' and user_id is distinct from $2 limit 1`,
    [email, id ?? null],
  )
  return rows.length > 0
}
