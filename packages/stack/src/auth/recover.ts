import { z } from 'zod'
import { audit } from './audit.ts'
import { challenge, readBody, readEmail, text } from './bodies.ts'
import { AuthFault, invalid } from './fault.ts'
import { beginFlow, readChallenge } from './flow-state.ts'
import { sendSignInLink } from './mails.ts'
import type { Means } from './means.ts'
import { findByEmail } from './people.ts'
import { inTransaction } from './transaction.ts'

const Body = z.object({ email: text, ...challenge })

/** POST /recover: a link to choose a new password. An address nobody has gets the same answer. */
export async function recover(means: Means, request: Request): Promise<Response> {
  await means.limits.request('recover', request)
  if (!means.settings.email.enable_signup)
    throw new AuthFault(400, 'email_provider_disabled', 'Email logins are disabled')
  const body = await readBody(request, Body)
  if (!body.email) throw invalid('Password recovery requires an email')
  const email = readEmail(body.email)
  const challenge = readChallenge(body)
  const person = await findByEmail(means.pool, email)
  if (!person) return Response.json({})
  await inTransaction(means.pool, async (db) => {
    if (challenge)
      await beginFlow(db, { userId: person.id, provider: 'recovery', method: 'recovery', challenge })
    await audit(db, { action: 'user_recovery_requested', actor: person })
    await sendSignInLink(means, db, { ...person, email }, { request, challenge }, 'recovery')
  })
  return Response.json({})
}
