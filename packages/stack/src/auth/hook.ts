import { callHook, hookMetadata } from './hook-call.ts'
import type { Means } from './means.ts'
import type { NewPerson } from './person-changes.ts'
import { inTransaction } from './transaction.ts'

/** Asks whether this person may be made, before anything is written (`[auth.hook.before_user_created]`). */
export async function beforeUserCreated(
  { pool, settings }: Means,
  person: NewPerson,
  request: Request,
): Promise<void> {
  const hook = settings.hook.before_user_created
  if (!hook?.enabled) return
  const now = new Date().toISOString()
  const event = {
    metadata: hookMetadata('before-user-created', request),
    user: {
      id: person.id,
      aud: person.aud,
      role: '',
      email: person.email ?? '',
      phone: person.phone ?? '',
      app_metadata: person.appData,
      user_metadata: person.data,
      identities: [],
      created_at: now,
      updated_at: now,
      is_anonymous: person.isAnonymous ?? false,
    },
  }
  await inTransaction(pool, (db) => callHook(db, hook.uri, event))
}
