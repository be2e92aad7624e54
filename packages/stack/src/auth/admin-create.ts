import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { audit, byAdmin } from './audit.ts'
import { banUntil, readBan } from './ban.ts'
import { flag, label, object, readBody, readEmail, readPhone, text } from './bodies.ts'
import { AuthFault, DatabaseFault, invalid } from './fault.ts'
import type { Means } from './means.ts'
import { checkHash, hashPassword, unguessable } from './passwords.ts'
import { findByPhone, isTakenByAnother, type Queryable } from './people.ts'
import {
  audience,
  confirmEmail,
  confirmPhone,
  insertIdentity,
  insertPerson,
  mergeData,
  setRole,
} from './person-changes.ts'
import { inTransaction } from './transaction.ts'
import { describePerson } from './user-json.ts'

const Body = z.object({
  id: text,
  aud: label,
  role: label,
  email: text,
  phone: text,
  password: text,
  password_hash: text,
  email_confirm: flag,
  phone_confirm: flag,
  user_metadata: object,
  app_metadata: object,
  ban_duration: text,
})
type Body = z.infer<typeof Body>

const emailTaken = () =>
  new AuthFault(422, 'email_exists', 'A user with this email address has already been registered')
const phoneTaken = () => new AuthFault(422, 'phone_exists', 'Phone number already registered by another user')

/** POST /admin/users */
export async function createUser(means: Means, request: Request): Promise<Response> {
  const { pool } = means
  const body = await readBody(request, Body)
  if (!body.email && !body.phone) throw invalid('Cannot create a user without either an email or phone')
  const email = body.email ? readEmail(body.email) : undefined
  if (email && (await isTakenByAnother(pool, email))) throw emailTaken()
  const phone = body.phone ? readPhone(body.phone) : undefined
  if (phone && (await findByPhone(pool, phone))) throw phoneTaken()
  const password = readPassword(body)
  const id = readId(body.id)
  const ban = readBan(body.ban_duration)

  const user = await inTransaction(pool, async (db) => {
    try {
      await write(db, body, { id, email, phone, hash: await password(db) })
      if (ban !== undefined) await banUntil(db, id, ban)
    } catch (cause) {
      throw taken(cause) ?? new DatabaseFault('Database error creating new user', cause)
    }
    return describePerson(db, id)
  })
  return Response.json(user)
}

type Ways = { id: string; email: string | undefined; phone: string | undefined; hash: string }

async function write(db: Queryable, body: Body, { id, email, phone, hash }: Ways): Promise<void> {
  const providers = [...(email ? ['email'] : []), ...(phone ? ['phone'] : [])]
  await insertPerson(db, {
    id,
    aud: body.aud || audience,
    ...(email && { email }),
    ...(phone && { phone }),
    hash,
    data: body.user_metadata ?? {},
    appData: { provider: providers[0], providers },
  })
  if (email) await insertIdentity(db, id, 'email', { email })
  if (phone) await insertIdentity(db, id, 'phone', { phone })
  const traits = {
    user_id: id,
    user_email: email ?? '',
    user_phone: phone ?? '',
    provider: providers[0],
  }
  await audit(db, { action: 'user_signedup', actor: byAdmin, traits })
  await setRole(db, id, body.role || audience)
  if (body.app_metadata) await mergeData(db, id, 'raw_app_meta_data', body.app_metadata)
  if (body.email_confirm) await confirmEmail(db, id)
  if (body.phone_confirm) await confirmPhone(db, id)
}

/** How to come by what is kept of the password. Without one nobody can sign in by it until they choose one. */
function readPassword({ password, password_hash: hash }: Body): (db: Queryable) => Promise<string> {
  if (password && hash) throw invalid('Only a password or a password hash should be provided')
  if (hash) {
    checkHash(hash)
    return async () => hash
  }
  if (Buffer.byteLength(password) > 72) throw invalid('bcrypt: password length exceeds 72 bytes')
  return (db) => hashPassword(db, password || unguessable())
}

const Uuid = z.guid()
const nil = '00000000-0000-0000-0000-000000000000'

function readId(given: string): string {
  if (!given) return randomUUID()
  if (!Uuid.safeParse(given).success) throw invalid('ID must conform to the uuid v4 format')
  if (given === nil) throw invalid('ID cannot be a nil uuid')
  return given
}

/** Two at the same moment: the check before saw neither. */
function taken(cause: unknown): AuthFault | undefined {
  const said = cause instanceof Error && 'constraint' in cause ? cause.constraint : undefined
  if (said === 'users_email_partial_key') return emailTaken()
  if (said === 'users_phone_key') return phoneTaken()
  return undefined
}
