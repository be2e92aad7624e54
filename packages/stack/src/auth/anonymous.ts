import { randomUUID } from 'node:crypto'
import { AuthFault, DatabaseFault } from './fault.ts'
import { beforeUserCreated } from './hook.ts'
import type { Means } from './means.ts'
import { audience, insertPerson, type NewPerson, setRole } from './person-changes.ts'
import { startSession } from './sessions.ts'
import { refuseWhereClosed } from './signup.ts'
import { inTransaction } from './transaction.ts'

/** POST /signup with neither an address nor a telephone: somebody whom nothing is known of, for as long as their session lasts. */
export async function signUpAnonymously(
  means: Means,
  request: Request,
  data: Record<string, unknown>,
): Promise<Response> {
  const { settings, limits, pool } = means
  if (!settings.enable_anonymous_sign_ins)
    throw new AuthFault(422, 'anonymous_provider_disabled', 'Anonymous sign-ins are disabled')
  await limits.request('anonymous_sign_ins', request)
  refuseWhereClosed(settings)

  const id = randomUUID()
  const person: NewPerson = { id, aud: audience, hash: '', data, appData: {}, isAnonymous: true }
  await beforeUserCreated(means, person, request)
  const session = await inTransaction(pool, async (db) => {
    try {
      await insertPerson(db, person)
      await setRole(db, id, audience)
    } catch (cause) {
      throw new DatabaseFault('Database error creating anonymous user', cause)
    }
    return startSession(means, db, { userId: id, method: 'anonymous', request })
  })
  return Response.json(session)
}
