import { createHash } from 'node:crypto'
import { z } from 'zod'
import { audit, byAdmin } from './audit.ts'
import { flag, readBody } from './bodies.ts'
import { DatabaseFault } from './fault.ts'
import type { Means } from './means.ts'
import { clearTokens } from './one-time-tokens.ts'
import type { Person, Queryable } from './people.ts'
import { inTransaction } from './transaction.ts'

const Body = z.object({ should_soft_delete: flag })

/** DELETE /admin/users/{id}: for good, or so that the row stays for what refers to it and nothing of the person does. */
export async function deleteUser(means: Means, request: Request, person: Person): Promise<Response> {
  const { should_soft_delete: soft } = await readBody(request, Body, { mayBeEmpty: true })
  const traits = { user_id: person.id, user_email: person.email, user_phone: person.phone ?? '' }
  await inTransaction(means.pool, async (db) => {
    await audit(db, { action: 'user_deleted', actor: byAdmin, traits })
    if (soft && person.deleted) return
    const work = soft ? forget(db, person) : remove(db, person)
    await work.catch((cause) => {
      throw new DatabaseFault(soft ? 'Error soft deleting user' : 'Database error deleting user', cause)
    })
  })
  return Response.json({})
}

const remove = (db: Queryable, { id }: Person) => db.query('delete from auth.users where id = $1', [id])

/** What stands in the place of something personal: the same each time, and nobody can tell what it was. */
const obscured = (id: string, value: string) =>
  createHash('sha256')
    .update(id + value)
    .digest('base64url')

async function forget(db: Queryable, { id, email, phone, newEmail }: Person): Promise<void> {
  await db.query(
    `update auth.users set email = $2, phone = $3, email_change = $4, phone_change = $5, encrypted_password = null,
       confirmation_token = '', recovery_token = '', email_change_token_current = '', email_change_token_new = '',
       phone_change_token = '', raw_user_meta_data = '{}', raw_app_meta_data = '{}',
       deleted_at = now(), updated_at = now()
     where id = $1`,
    [
      id,
      obscured(id, email ?? ''),
      obscured(id, phone ?? '').slice(0, 15),
      obscured(id, newEmail ?? ''),
      obscured(id, '').slice(0, 15),
    ],
  )
  await clearTokens(db, id)
  const { rows } = await db.query(
    'select id, provider, provider_id from auth.identities where user_id = $1',
    [id],
  )
  for (const identity of rows) {
    await db.query(
      `update auth.identities set identity_data = '{}', provider_id = $2, updated_at = now() where id = $1`,
      [identity.id, obscured(id, `${identity.provider}:${identity.provider_id}`)],
    )
  }
  await db.query('delete from auth.mfa_factors where user_id = $1', [id])
  await db.query('delete from auth.webauthn_credentials where user_id = $1', [id])
  await db.query('delete from auth.sessions where user_id = $1', [id])
}
