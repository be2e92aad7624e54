import { z } from 'zod'
import { audit } from './audit.ts'
import { challenge, object, readBody, readEmail, readPhone, text } from './bodies.ts'
import { AuthFault, DatabaseFault, invalid } from './fault.ts'
import { beginFlow, readChallenge } from './flow-state.ts'
import { sendEmailChange } from './mails.ts'
import type { Means } from './means.ts'
import { readNewPassword } from './new-password.ts'
import { hashPassword } from './passwords.ts'
import { findById, isTakenByAnother, type Person, type Queryable } from './people.ts'
import { mergeData, setPassword } from './person-changes.ts'
import { type Flow, notify } from './sending.ts'
import { inTransaction } from './transaction.ts'
import { describePerson } from './user-json.ts'
import { accept } from './verification.ts'
import { readWho, type Who } from './who.ts'

const Body = z.object({
  email: text,
  phone: text,
  password: z.string().nullish(),
  current_password: text,
  nonce: text,
  data: object,
  app_metadata: object,
  channel: text,
  ...challenge,
})
type Changes = z.infer<typeof Body>

/** GET /user */
export async function getUser(means: Means, request: Request): Promise<Response> {
  const { id, claims } = await readWho(means, request)
  const [given] = [claims.aud].flat()
  const asked = request.headers.get('x-jwt-aud')
  if (!given || (asked && asked !== given)) throw invalid("Token audience doesn't match request audience")
  return Response.json(await describePerson(means.pool, id))
}

/** PUT /user: all of what is asked happens, or none. */
export async function changeUser(means: Means, request: Request): Promise<Response> {
  const who = await readWho(means, request)
  await means.limits.request('user', request)
  const given = await readBody(request, Body)
  const changes = {
    ...given,
    email: given.email && readEmail(given.email),
    phone: given.phone && readPhone(given.phone),
  }
  await refuse(means, who, changes)
  const password = await readNewPassword(means, who, changes)
  const flow = { request, challenge: readChallenge(changes) }

  const person = await inTransaction(means.pool, async (db) => {
    if (password !== undefined) await changePassword(db, who, password)
    if (changes.data) await describe(db, who, changes.data)
    if (changes.email && changes.email !== who.email) {
      const before = await findById(db, who.id)
      if (!before) throw new AuthFault(403, 'user_not_found', 'User from sub claim in JWT does not exist')
      await changeEmail(means, db, before, changes.email, flow)
    }
    await audit(db, { action: 'user_modified', actor: who })
    return describePerson(db, who.id)
  })
  if (password !== undefined && who.email) {
    await notify(means, 'password_changed', { email: who.email, data: who.data })
  }
  return Response.json(person)
}

async function refuse({ pool }: Means, who: Who, { email, phone, password, nonce, app_metadata }: Changes) {
  if (app_metadata) {
    throw new AuthFault(403, 'not_admin', 'Updating app_metadata requires admin privileges')
  }
  const newEmail = email !== '' && email !== who.email
  const newPhone = phone !== '' && phone !== who.phone
  if (who.hasSecondFactor && who.session?.aal !== 'aal2' && (password || newEmail || newPhone)) {
    const message = 'AAL2 session is required to update email or password when MFA is enabled.'
    throw new AuthFault(401, 'insufficient_aal', message)
  }
  if (who.isAnonymous && password && !email && !phone) {
    const message = 'Updating password of an anonymous user without an email or phone is not allowed'
    throw new AuthFault(422, 'validation_failed', message)
  }
  if (who.isSso && (password || newEmail || newPhone || nonce)) {
    const message = 'Updating email, phone, password of a SSO account only possible via SSO'
    throw new AuthFault(422, 'user_sso_managed', message)
  }
  if (newEmail && (await isTakenByAnother(pool, email, who.id))) {
    throw new AuthFault(422, 'email_exists', 'A user with this email address has already been registered')
  }
  // Nobody is there to send a code to a telephone. Hosted answers 500 here, for what the caller can help.
  if (newPhone) throw new AuthFault(422, 'phone_provider_disabled', 'Unable to get SMS provider')
}

async function changePassword(db: Queryable, who: Who, password: string): Promise<void> {
  await setPassword(db, who.id, password && (await hashPassword(db, password)), who.session?.id ?? null)
  await audit(db, { action: 'user_updated_password', actor: who })
}

/** Whoever is known by nothing yet, where addresses are not asked, has this one at once; all others prove it first. */
async function changeEmail(
  means: Means,
  db: Queryable,
  person: Person,
  newEmail: string,
  flow: Flow,
): Promise<void> {
  if (person.isAnonymous && !means.settings.email.enable_confirmations) {
    const shown = {
      person: { ...person, newEmail },
      kind: 'email_change_token_new',
      purpose: 'email_change',
    } as const
    await accept(means, db, shown)
    return
  }
  const { challenge } = flow
  if (challenge) {
    await beginFlow(db, { userId: person.id, provider: 'email_change', method: 'email_change', challenge })
  }
  await sendEmailChange(means, db, person, newEmail, flow)
}

async function describe(db: Queryable, who: Who, data: Record<string, unknown>): Promise<void> {
  await mergeData(db, who.id, 'raw_user_meta_data', data).catch((cause) => {
    throw new DatabaseFault('Error updating user', cause)
  })
}
