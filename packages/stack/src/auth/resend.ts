import { z } from 'zod'
import { audit } from './audit.ts'
import { challenge, readBody, readEmail, text } from './bodies.ts'
import { AuthFault, invalid } from './fault.ts'
import { beginFlow, type Challenge, readChallenge } from './flow-state.ts'
import { sendConfirmation, sendEmailChange } from './mails.ts'
import type { Means } from './means.ts'
import { findByEmail, type Person } from './people.ts'
import { inTransaction } from './transaction.ts'

const Body = z.object({ type: text, email: text, phone: text, ...challenge })

/** POST /resend: a mail that did not come, once more. An address that none is due to gets the same answer. */
export async function resend(means: Means, request: Request): Promise<Response> {
  await means.limits.request('resend', request)
  const body = await readBody(request, Body)
  const { type } = body
  if (!/^(signup|email_change|sms|phone_change)$/.test(type))
    throw invalid('Missing one of these types: signup, email_change, sms, phone_change')
  const challenge = type === 'signup' || type === 'email_change' ? readChallenge(body) : undefined
  const email = addressOf(body, means)
  const person = await findByEmail(means.pool, email)
  if (!person) return Response.json({})
  if (type === 'signup' && !person.confirmed) {
    await confirmAgain(means, request, { ...person, email }, challenge)
  } else if (type === 'email_change' && person.newEmail) {
    await changeAgain(means, request, person, person.newEmail, challenge)
  }
  return Response.json({})
}

function addressOf({ type, email, phone }: z.infer<typeof Body>, { settings }: Means): string {
  if (!email && type === 'signup') throw invalid('Type provided requires an email address')
  if (!phone && type === 'sms') throw invalid('Type provided requires a phone number')
  if (email && phone) throw invalid('Only an email address or phone number should be provided.')
  if (phone) throw new AuthFault(400, 'phone_provider_disabled', 'Phone logins are disabled')
  if (!email) throw invalid('Missing email address or phone number')
  if (!settings.email.enable_signup)
    throw new AuthFault(400, 'email_provider_disabled', 'Email logins are disabled')
  return readEmail(email)
}

const confirmAgain = (
  means: Means,
  request: Request,
  person: Person & { email: string },
  challenge?: Challenge,
): Promise<void> =>
  inTransaction(means.pool, async (db) => {
    await audit(db, { action: 'user_confirmation_requested', actor: person })
    if (challenge)
      await beginFlow(db, { userId: person.id, provider: 'email/signup', method: 'email/signup', challenge })
    await sendConfirmation(means, db, person, { request, challenge })
  })

const changeAgain = (
  means: Means,
  request: Request,
  person: Person,
  newEmail: string,
  challenge?: Challenge,
): Promise<void> =>
  inTransaction(means.pool, async (db) => {
    if (challenge)
      await beginFlow(db, { userId: person.id, provider: 'email_change', method: 'email_change', challenge })
    await sendEmailChange(means, db, person, newEmail, { request, challenge })
  })
