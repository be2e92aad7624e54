import { z } from 'zod'
import { audit, byAdmin } from './audit.ts'
import { object, readBody, readEmail, text } from './bodies.ts'
import { AuthFault, DatabaseFault } from './fault.ts'
import { beforeUserCreated } from './hook.ts'
import { sendInvitation } from './mails.ts'
import type { Means } from './means.ts'
import { findByEmail, findById, type Person, type Queryable } from './people.ts'
import { audience, insertIdentity, insertPerson, type NewPerson, setRole } from './person-changes.ts'
import { newPerson } from './signup.ts'
import { inTransaction } from './transaction.ts'
import { describePerson } from './user-json.ts'

const Body = z.object({ email: text, data: object })

export const alreadyHere = () =>
  new AuthFault(422, 'email_exists', 'A user with this email address has already been registered')

/** POST /invite: an account, and a mail by which its owner takes it. Somebody who never came is invited again. */
export async function invite(means: Means, request: Request): Promise<Response> {
  const body = await readBody(request, Body)
  const email = readEmail(body.email)
  const known = await findByEmail(means.pool, email)
  const candidate = newPerson({ email, data: body.data ?? {} })
  if (!known) await beforeUserCreated(means, candidate, request)
  const user = await inTransaction(means.pool, async (db) => {
    if (known?.confirmed) throw alreadyHere()
    const person = known ?? (await makeInvited(db, candidate))
    const traits = { user_id: person.id, user_email: email }
    await audit(db, { action: 'user_invited', actor: byAdmin, traits })
    await sendInvitation(means, db, { ...person, email }, { request })
    return describePerson(db, person.id)
  })
  return Response.json(user)
}

/** Writes somebody whom somebody else made: what they signed in with is known, what they are is as it was given. */
export async function makeInvited(db: Queryable, person: NewPerson): Promise<Person> {
  try {
    await insertPerson(db, person)
    await setRole(db, person.id, audience)
    await insertIdentity(db, person.id, 'email', { email: person.email })
  } catch (cause) {
    throw new DatabaseFault('Database error saving new user', cause)
  }
  const made = await findById(db, person.id)
  if (!made) throw new DatabaseFault('Database error loading user after sign-up', undefined)
  return made
}
