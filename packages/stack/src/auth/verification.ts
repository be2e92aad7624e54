import { z } from 'zod'
import { audit } from './audit.ts'
import { AuthFault, DatabaseFault, invalid } from './fault.ts'
import type { Means } from './means.ts'
import { clearTokens, findToken, type TokenKind } from './one-time-tokens.ts'
import { hashPassword, unguessable } from './passwords.ts'
import { findById, type Person, type Queryable } from './people.ts'
import { confirmEmail, nameProviders, putIdentity, setPassword } from './person-changes.ts'
import { notify } from './sending.ts'

/** What a token was mailed for, as links and `verifyOtp` name it. */
const Purpose = z.enum(['signup', 'invite', 'recovery', 'magiclink', 'email_change', 'email'])
type Purpose = z.infer<typeof Purpose>

const kindsOf: Record<Purpose, TokenKind[]> = {
  signup: ['confirmation_token'],
  invite: ['confirmation_token'],
  recovery: ['recovery_token'],
  magiclink: ['recovery_token'],
  email_change: ['email_change_token_current', 'email_change_token_new'],
  email: ['confirmation_token', 'recovery_token'],
}

/** Somebody who showed a token, and what it was for; `purpose` is never the ambiguous `email`. */
export type Shown = { person: Person; kind: TokenKind; purpose: Exclude<Purpose, 'email'> }

const linkExpired = () => new AuthFault(403, 'otp_expired', 'Email link is invalid or has expired')
export const codeExpired = () => new AuthFault(403, 'otp_expired', 'Token has expired or is invalid')
const banned = () => new AuthFault(403, 'user_banned', 'User is banned')

/** Finds who a link was sent to. Locks it, so that it works once. */
export async function showLink(means: Means, db: Queryable, given: string, hash: string): Promise<Shown> {
  const { data: purpose } = Purpose.safeParse(given)
  if (!purpose) throw invalid('Invalid email verification type')
  const token = await findToken(db, hash, kindsOf[purpose])
  const person = token && (await findById(db, token.userId))
  if (!token || !person) throw linkExpired()
  if (person.banned) throw banned()
  if (await isExpired(means, db, person.id, token.kind)) throw linkExpired()
  return { person, kind: token.kind, purpose: exactly(purpose, token.kind) }
}

/** Finds who typed a code that was mailed to `email`. Locks it, so that it works once. */
export async function showCode(
  means: Means,
  db: Queryable,
  given: string,
  hash: string,
  email: string,
): Promise<Shown> {
  const { data: purpose } = Purpose.safeParse(given)
  if (!purpose) throw codeExpired()
  for (const form of [hash, `pkce_${hash}`]) {
    const token = await findToken(db, form, kindsOf[purpose])
    const person = token && (await findById(db, token.userId))
    if (!token || !person || !sentTo(person, token.kind, email)) continue
    if (person.banned) throw banned()
    if (await isExpired(means, db, person.id, token.kind)) throw codeExpired()
    return { person, kind: token.kind, purpose: exactly(purpose, token.kind) }
  }
  throw codeExpired()
}

const sentTo = (person: Person, kind: TokenKind, email: string) =>
  (kind === 'email_change_token_new' ? person.newEmail : person.email)?.toLowerCase() === email

const exactly = (purpose: Purpose, kind: TokenKind): Shown['purpose'] => {
  if (purpose !== 'email') return purpose
  return kind === 'recovery_token' ? 'magiclink' : 'signup'
}

const sentAt: Record<TokenKind, string> = {
  confirmation_token: 'confirmation_sent_at',
  recovery_token: 'recovery_sent_at',
  reauthentication_token: 'reauthentication_sent_at',
  email_change_token_new: 'email_change_sent_at',
  email_change_token_current: 'email_change_sent_at',
}

async function isExpired({ settings }: Means, db: Queryable, id: string, kind: TokenKind) {
  const { rows } = await db.query(
    `select coalesce(now() > ${sentAt[kind]} + make_interval(secs => $2), true) as expired
     from auth.users where id = $1`,
    [id, settings.email.otp_expiry],
  )
  return rows[0]?.expired === true
}

/** Does what a token was for. False where the other address of a change has yet to agree: then nobody is signed in. */
export async function accept(means: Means, db: Queryable, shown: Shown): Promise<boolean> {
  const { purpose, person } = shown
  if (purpose === 'signup' || purpose === 'invite') await acceptSignup(db, person)
  else if (purpose === 'email_change') {
    if (!(await acceptChange(means, db, shown))) return false
  } else await acceptSignIn(db, person)
  await nameProviders(db, person.id)
  return true
}

const confirm = (db: Queryable, id: string) =>
  confirmEmail(db, id).catch((cause) => {
    throw new DatabaseFault('Error confirming user', cause)
  })

async function acceptSignup(db: Queryable, person: Person): Promise<void> {
  if (person.invited && !person.hasPassword)
    await setPassword(db, person.id, await hashPassword(db, unguessable()))
  await audit(db, { action: 'user_signedup', actor: person, traits: { provider: 'email' } })
  await confirm(db, person.id)
  await db.query(
    `update auth.identities set identity_data = identity_data || '{"email_verified": true}', updated_at = now()
     where user_id = $1 and email = $2`,
    [person.id, person.email],
  )
}

async function acceptSignIn(db: Queryable, person: Person): Promise<void> {
  await db.query(`update auth.users set recovery_token = '', updated_at = now() where id = $1`, [person.id])
  await clearTokens(db, person.id)
  if (person.confirmed) return audit(db, { action: 'login', actor: person })
  await audit(db, { action: 'user_signedup', actor: person, traits: { provider: 'email' } })
  await confirm(db, person.id)
}

/** True once every address that has a say in it has agreed. */
async function acceptChange(means: Means, db: Queryable, { person, kind }: Shown): Promise<boolean> {
  const { double_confirm_changes: both, enable_confirmations: asks } = means.settings.email
  if (asks && both && person.changeStatus === 0 && person.email) {
    await db.query(
      `update auth.users set ${kind} = '', email_change_confirm_status = 1, updated_at = now() where id = $1`,
      [person.id],
    )
    await clearTokens(db, person.id, kind)
    return false
  }
  const { newEmail } = person
  if (!newEmail) throw linkExpired()
  await audit(db, { action: 'user_modified', actor: person })
  await putIdentity(db, person.id, 'email', { email: newEmail, email_verified: true })
  await db
    .query(
      `update auth.users set email = $2, email_change = '', email_change_token_current = '',
         email_change_token_new = '', email_change_confirm_status = 0, is_anonymous = false, updated_at = now()
       where id = $1`,
      [person.id, newEmail],
    )
    .catch((cause) => {
      throw new DatabaseFault('Error confirm email', cause)
    })
  await clearTokens(db, person.id)
  if (!person.confirmed) await confirm(db, person.id)
  return true
}

/** Tells the address that somebody had of the one they have now, once that has come to last. */
export async function tellOfChange(means: Means, { purpose, person }: Shown): Promise<void> {
  const { email, newEmail, data } = person
  if (purpose !== 'email_change' || !email || !newEmail || email === newEmail) return
  const values = { OldEmail: email }
  await notify(means, 'email_changed', { email: newEmail, data }, { to: email, values })
}
