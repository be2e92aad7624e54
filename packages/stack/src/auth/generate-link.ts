import { z } from 'zod'
import { audit, byAdmin } from './audit.ts'
import { object, readBody, readEmail, text } from './bodies.ts'
import { AuthFault, DatabaseFault, invalid } from './fault.ts'
import { beforeUserCreated } from './hook.ts'
import { alreadyHere, makeInvited } from './invite.ts'
import type { Means } from './means.ts'
import { hashOf, keepToken, makeToken, type TokenKind } from './one-time-tokens.ts'
import { checkPassword, hashPassword, unguessable } from './passwords.ts'
import { findByEmail, isTakenByAnother, type Person, type Queryable } from './people.ts'
import { mergeData } from './person-changes.ts'
import { actionLink } from './sending.ts'
import { newPerson } from './signup.ts'
import { inTransaction } from './transaction.ts'
import { describePerson } from './user-json.ts'

const Type = z.enum(['signup', 'invite', 'magiclink', 'recovery', 'email_change_current', 'email_change_new'])
type Type = z.infer<typeof Type>

const Body = z.object({
  type: text,
  email: text,
  new_email: text,
  password: text,
  data: object,
  redirect_to: text,
})
type Body = z.infer<typeof Body>

/** POST /admin/generate_link: what a mail would carry, for whoever sends it in another way. */
export async function generateLink(means: Means, request: Request): Promise<Response> {
  const body = await readBody(request, Body)
  const email = readEmail(body.email)
  const redirect = means.redirects.allows(body.redirect_to) ? body.redirect_to : means.redirects.of(request)
  const known = await findByEmail(means.pool, email)
  const type = typeFor(body.type, known)
  const made = await makeSure(means, request, { ...body, email }, type, known)
  const token = makeToken(email, means.settings.email.otp_length)

  const link = await inTransaction(means.pool, async (db) => {
    const person = known ?? (await made(db))
    const hash = await keep(means, db, { person: { ...person, email }, type, body, token })
    return { hash, user: await describePerson(db, person.id) }
  })
  return Response.json({
    ...link.user,
    action_link: actionLink(means, linkType(type), link.hash, redirect),
    email_otp: token.otp,
    hashed_token: token.hash,
    verification_type: type,
    redirect_to: redirect,
  })
}

const linkType = (type: Type) => (type.startsWith('email_change') ? 'email_change' : type)

/** A link to sign in is one to sign up for who is not here. */
function typeFor(given: string, known: Person | undefined): Type {
  const { data: type } = Type.safeParse(given)
  if (!type) throw invalid(`Invalid email action link type requested: ${given}`)
  if (known) {
    if (known.confirmed && (type === 'signup' || type === 'invite')) throw alreadyHere()
    return type
  }
  if (type === 'magiclink') return 'signup'
  if (type === 'signup' || type === 'invite') return type
  throw new AuthFault(404, 'user_not_found', 'User with this email not found')
}

/** Asks whether somebody new may be made, and says how. */
async function makeSure(
  means: Means,
  request: Request,
  { type: asked, email, password, data = {} }: Body,
  type: Type,
  known: Person | undefined,
): Promise<(db: Queryable) => Promise<Person>> {
  const person = newPerson({ email, data })
  if (!known) {
    const chosen = asked === 'magiclink' ? unguessable() : password
    if (type === 'signup' && !chosen) throw invalid('Signup requires a valid password')
    if (type === 'signup' && chosen === password) checkPassword(chosen, means.settings)
    await beforeUserCreated(means, person, request)
    if (type === 'signup')
      return async (db) => makeInvited(db, { ...person, hash: await hashPassword(db, chosen) })
  }
  return (db) => makeInvited(db, person)
}

type Making = {
  person: Person & { email: string }
  type: Type
  body: Body
  token: { otp: string; hash: string }
}

/** Puts the token where the link will look for it; what the link then carries. */
async function keep(means: Means, db: Queryable, { person, type, body, token }: Making): Promise<string> {
  if (type === 'magiclink' || type === 'recovery') {
    await audit(db, { action: 'user_recovery_requested', actor: person })
    return put(db, person.id, 'recovery_token', ['recovery_sent_at'], person.email, token.hash)
  }
  if (type === 'signup') {
    if (body.data) await mergeData(db, person.id, 'raw_user_meta_data', body.data)
    return put(db, person.id, 'confirmation_token', ['confirmation_sent_at'], person.email, token.hash)
  }
  if (type === 'invite') {
    const traits = { user_id: person.id, user_email: person.email }
    await audit(db, { action: 'user_invited', actor: byAdmin, traits })
    const sent = ['confirmation_sent_at', 'invited_at'] as const
    return put(db, person.id, 'confirmation_token', sent, person.email, token.hash)
  }
  return keepChange(means, db, { person, type, body, token })
}

async function keepChange(means: Means, db: Queryable, { person, type, body, token }: Making) {
  const isCurrent = type === 'email_change_current'
  if (isCurrent && !means.settings.email.double_confirm_changes)
    throw invalid('Enable secure email change to generate link for current email')
  const newEmail = readEmail(body.new_email)
  if (await isTakenByAnother(db, newEmail, person.id)) throw alreadyHere()
  await db.query(
    'update auth.users set email_change = $2, email_change_confirm_status = 0, updated_at = now() where id = $1',
    [person.id, newEmail],
  )
  const sent = ['email_change_sent_at'] as const
  return isCurrent
    ? put(db, person.id, 'email_change_token_current', sent, person.email, token.hash)
    : put(db, person.id, 'email_change_token_new', sent, newEmail, hashOf(newEmail, token.otp))
}

type SentAt = 'recovery_sent_at' | 'confirmation_sent_at' | 'invited_at' | 'email_change_sent_at'

async function put(
  db: Queryable,
  id: string,
  kind: TokenKind,
  sent: readonly SentAt[],
  relatesTo: string,
  hash: string,
): Promise<string> {
  const times = sent.map((column) => `${column} = now()`).join(', ')
  await db.query(`update auth.users set ${times} where id = $1`, [id]).catch((cause) => {
    throw new DatabaseFault('Database error updating user', cause)
  })
  await keepToken(db, id, kind, relatesTo, hash)
  return hash
}
