import { z } from 'zod'
import { audit, byAdmin } from './audit.ts'
import { banUntil, readBan } from './ban.ts'
import { flag, label, object, readBody, readEmail, readPhone, text } from './bodies.ts'
import { AuthFault, DatabaseFault } from './fault.ts'
import type { Means } from './means.ts'
import { checkPassword, hashPassword } from './passwords.ts'
import type { Person, Queryable } from './people.ts'
import { confirmEmail, confirmPhone, mergeData, putIdentity, setPassword, setRole } from './person-changes.ts'
import { inTransaction } from './transaction.ts'
import { describePerson } from './user-json.ts'

const Body = z.object({
  role: label,
  email: text,
  phone: text,
  password: z
    .string()
    .nullish()
    .transform((given) => given ?? undefined),
  email_confirm: flag,
  phone_confirm: flag,
  user_metadata: object,
  app_metadata: object,
  ban_duration: text,
})
type Body = z.infer<typeof Body>

/** PUT /admin/users/{id}. Nobody is asked: a new address or password holds at once. */
export async function updateUser(means: Means, request: Request, person: Person): Promise<Response> {
  const body = await readBody(request, Body)
  const email = body.email ? readEmail(body.email) : ''
  const phone = body.phone ? readPhone(body.phone) : ''
  const ban = readBan(body.ban_duration)
  if (body.password !== undefined) checkPassword(body.password, means.settings)

  const user = await inTransaction(means.pool, async (db) => {
    try {
      await write(db, person, { ...body, email, phone })
      if (ban !== undefined) await banUntil(db, person.id, ban)
    } catch (cause) {
      throw cause instanceof AuthFault ? cause : faultOf(cause)
    }
    const traits = {
      user_id: person.id,
      user_email: email || person.email,
      user_phone: phone || person.phone,
    }
    await audit(db, { action: 'user_modified', actor: byAdmin, traits })
    return describePerson(db, person.id)
  })
  return Response.json(user)
}

async function write(db: Queryable, { id, hasPassword, email: had }: Person, body: Body): Promise<void> {
  const { email, phone } = body
  if (body.role) await setRole(db, id, body.role)
  if (body.email_confirm) await confirmEmail(db, id)
  if (body.phone_confirm) await confirmPhone(db, id)
  if (body.password !== undefined) await setPassword(db, id, await hashPassword(db, body.password))
  if (email) {
    await putIdentity(db, id, 'email', { email, email_verified: body.email_confirm })
    await db.query(
      `update auth.users set email = $2, is_anonymous = is_anonymous and not $3, updated_at = now() where id = $1`,
      [id, email, body.email_confirm],
    )
  } else if (body.password && !hasPassword && had) {
    await putIdentity(db, id, 'email', { email: had })
  }
  if (phone) {
    await putIdentity(db, id, 'phone', { phone, phone_verified: body.phone_confirm })
    await db.query(
      `update auth.users set phone = $2, is_anonymous = is_anonymous and not $3, updated_at = now() where id = $1`,
      [id, phone, body.phone_confirm],
    )
  }
  if (body.app_metadata) await mergeData(db, id, 'raw_app_meta_data', body.app_metadata)
  if (body.user_metadata) await mergeData(db, id, 'raw_user_meta_data', body.user_metadata)
}

/** Hosted says no more of an address that somebody else has than that it failed; its cause is worth a word. */
function faultOf(cause: unknown): AuthFault {
  const constraint = cause instanceof Error && 'constraint' in cause ? cause.constraint : undefined
  if (constraint === 'users_email_partial_key')
    return new AuthFault(422, 'email_exists', 'A user with this email address has already been registered')
  if (constraint === 'users_phone_key')
    return new AuthFault(422, 'phone_exists', 'Phone number already registered by another user')
  return new DatabaseFault('Error updating user', cause)
}
