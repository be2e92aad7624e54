import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { AuthSettings } from '../project.ts'
import { signUpAnonymously } from './anonymous.ts'
import { audit } from './audit.ts'
import { challenge, object, readBody, readEmail, readPhone, text } from './bodies.ts'
import { AuthFault, DatabaseFault, invalid } from './fault.ts'
import { beginFlow, type Challenge, readChallenge } from './flow-state.ts'
import { beforeUserCreated } from './hook.ts'
import { sendConfirmation } from './mails.ts'
import type { Means } from './means.ts'
import { checkPassword, hashPassword } from './passwords.ts'
import { findByEmail, findById, type Person, type Queryable } from './people.ts'
import {
  audience,
  confirmEmail,
  insertIdentity,
  insertPerson,
  mergeData,
  type NewPerson,
  setRole,
} from './person-changes.ts'
import { startSession } from './sessions.ts'
import { inTransaction } from './transaction.ts'
import { describePerson, type UserJson } from './user-json.ts'

const Body = z.object({ email: text, phone: text, password: text, data: object, ...challenge })

/** POST /signup */
export async function signup(means: Means, request: Request): Promise<Response> {
  const { settings, limits } = means
  const body = await readBody(request, Body)
  if (!body.email && !body.phone) return signUpAnonymously(means, request, body.data ?? {})
  await limits.request('signups', request)
  refuseWhereClosed(settings)
  if (!body.password) throw invalid('Signup requires a valid password')
  checkPassword(body.password, settings)
  if (body.email && body.phone)
    throw invalid('Only an email address or phone number should be provided on signup.')
  if (body.phone && body.code_challenge) throw invalid('PKCE not supported for phone signups')
  const challenge = readChallenge(body)
  if (body.phone) {
    readPhone(body.phone)
    throw new AuthFault(400, 'phone_provider_disabled', 'Phone signups are disabled')
  }
  if (!settings.email.enable_signup)
    throw new AuthFault(400, 'email_provider_disabled', 'Email signups are disabled')
  const email = readEmail(body.email)
  const { password, data = {} } = body
  const user = await signUp(means, { email, password, data, challenge }, request)
  if (settings.email.enable_confirmations) return Response.json(user)
  return Response.json(
    await inTransaction(means.pool, async (db) => {
      await audit(db, { action: 'login', actor: { id: user.id, email }, traits: { provider: 'email' } })
      return startSession(means, db, { userId: user.id, method: 'password', request })
    }),
  )
}

/** Where nobody new is let in. */
export function refuseWhereClosed({ enable_signup: open }: AuthSettings): void {
  if (!open) throw new AuthFault(422, 'signup_disabled', 'Signups not allowed for this instance')
}

type Signup = {
  email: string
  password: string
  data: Record<string, unknown>
  challenge?: Challenge | undefined
}

/**
 * Makes the account and sends the link that proves the address, as one: where the mail cannot be sent, or this process
 * dies in between, there is no account. An address that has one is answered as if it were new, or this would tell who
 * is registered.
 */
export async function signUp(means: Means, wanted: Signup, request: Request): Promise<UserJson> {
  const { settings, pool } = means
  const known = await findByEmail(pool, wanted.email)
  if (known?.confirmed) {
    await audit(pool, { action: 'user_repeated_signup', actor: known, traits: { provider: 'email' } })
    if (!settings.email.enable_confirmations)
      throw new AuthFault(422, 'user_already_exists', 'User already registered')
    return stranger(wanted)
  }
  const candidate = newPerson(wanted)
  if (!known) await beforeUserCreated(means, candidate, request)

  return inTransaction(pool, async (db) => {
    const person = known ?? (await makePerson(db, { ...candidate, hash: await hash(db, wanted) }))
    await proveAddress(means, db, person, wanted, request)
    return answerOf(db, person)
  }).catch((error) => {
    // Two at the same moment: the later one finds the account of the earlier.
    if (!known && isTaken(error)) return signUp(means, wanted, request)
    throw error
  })
}

const hash = (db: Queryable, { password }: Signup) => (password ? hashPassword(db, password) : '')

/** Somebody as they will be written who signs up by an address. */
export const newPerson = ({ email, data }: Pick<Signup, 'email' | 'data'>): NewPerson => ({
  id: randomUUID(),
  aud: audience,
  email,
  hash: '',
  data,
  appData: { provider: 'email', providers: ['email'] },
})

/** Writes somebody who came by themselves; what they said of themselves is kept with the way they sign in, too. */
async function makePerson(db: Queryable, person: NewPerson): Promise<Person> {
  const { id, email, data } = person
  const claims = { sub: id, email, email_verified: false, phone_verified: false }
  try {
    await insertPerson(db, person)
    await setRole(db, id, audience)
    await insertIdentity(db, id, 'email', { ...data, ...claims })
    await mergeData(db, id, 'raw_user_meta_data', { ...data, ...claims })
  } catch (cause) {
    throw new DatabaseFault('Database error saving new user', cause)
  }
  const made = await findById(db, id)
  if (!made) throw new DatabaseFault('Database error loading user after sign-up', undefined)
  return made
}

async function proveAddress(
  means: Means,
  db: Queryable,
  person: Person,
  { email, challenge }: Signup,
  request: Request,
): Promise<void> {
  const actor = { ...person, email }
  const traits = { provider: 'email' }
  if (!means.settings.email.enable_confirmations) {
    await audit(db, { action: 'user_signedup', actor, traits })
    await confirmEmail(db, person.id).catch((cause) => {
      throw new DatabaseFault('Database error updating user', cause)
    })
    return
  }
  await audit(db, { action: 'user_confirmation_requested', actor, traits })
  if (challenge)
    await beginFlow(db, { userId: person.id, provider: 'email', method: 'email/signup', challenge })
  await sendConfirmation(means, db, actor, { request, challenge })
}

/** Whoever was invited has their data from who invited them: it is none of a stranger's business. */
async function answerOf(db: Queryable, { id, invited }: Person): Promise<UserJson> {
  const user = await describePerson(db, id)
  if (!user) throw new DatabaseFault('Database error loading user after sign-up', undefined)
  return invited ? { ...user, user_metadata: {}, identities: [] } : user
}

const isTaken = (error: unknown) =>
  error instanceof DatabaseFault &&
  error.said?.code === '23505' &&
  error.said.constraint === 'users_email_partial_key'

/** What somebody new would be told, with nothing in it of the person whose address it is. */
function stranger({ email, data }: Signup): UserJson {
  const now = new Date().toISOString()
  return {
    id: randomUUID(),
    aud: audience,
    role: '',
    email,
    phone: '',
    confirmation_sent_at: now,
    app_metadata: { provider: 'email', providers: ['email'] },
    user_metadata: data,
    identities: [],
    created_at: now,
    updated_at: now,
    is_anonymous: false,
  }
}
