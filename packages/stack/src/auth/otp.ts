import { z } from 'zod'
import { audit } from './audit.ts'
import { challenge, object, readBody, readEmail, readPhone, text } from './bodies.ts'
import { AuthFault, invalid } from './fault.ts'
import { beginFlow, readChallenge } from './flow-state.ts'
import { sendSignInLink } from './mails.ts'
import type { Means } from './means.ts'
import { unguessable } from './passwords.ts'
import { findByEmail, findByPhone } from './people.ts'
import { refuseWhereClosed, signUp } from './signup.ts'
import { inTransaction } from './transaction.ts'

const Body = z.object({
  email: text,
  phone: text,
  channel: text,
  create_user: z
    .boolean()
    .nullish()
    .transform((given) => given ?? true),
  data: object,
  ...challenge,
})

/** POST /otp: a link or a code that signs in. */
export async function otp(means: Means, request: Request): Promise<Response> {
  await means.limits.request('otp', request)
  const body = await readBody(request, Body)
  if (body.email && body.phone) throw invalid('Only an email address or phone number should be provided')
  if (body.email && body.channel) throw invalid('Channel should only be specified with Phone OTP')
  readChallenge(body)
  if (!body.create_user && !(await isKnown(means, body)))
    throw new AuthFault(422, 'otp_disabled', 'Signups not allowed for otp')
  if (body.email) return sendLink(means, request, body)
  if (body.phone) throw new AuthFault(400, 'phone_provider_disabled', 'Unsupported phone provider')
  throw invalid('One of email or phone must be set')
}

async function isKnown({ pool }: Means, { email, phone }: z.infer<typeof Body>): Promise<boolean> {
  if (email) return Boolean(await findByEmail(pool, readEmail(email)))
  if (phone) return Boolean(await findByPhone(pool, readPhone(phone)))
  return true
}

const LinkBody = z.object({ email: text, data: object, ...challenge })

/** POST /magiclink: the same, in the words of older clients. */
export async function magicLink(means: Means, request: Request): Promise<Response> {
  await means.limits.request('magiclink', request)
  return sendLink(means, request, await readBody(request, LinkBody))
}

/** Whoever has no account gets one first, and signs in once the address is proven. */
async function sendLink(means: Means, request: Request, body: z.infer<typeof LinkBody>): Promise<Response> {
  const { settings, pool } = means
  if (!settings.email.enable_signup)
    throw new AuthFault(422, 'email_provider_disabled', 'Email logins are disabled')
  if (!body.email) throw new AuthFault(422, 'validation_failed', 'Password recovery requires an email')
  const email = readEmail(body.email)
  const challenge = readChallenge(body)

  let person = await findByEmail(pool, email)
  if (!person?.confirmed) {
    refuseWhereClosed(settings)
    await signUp(means, { email, password: unguessable(), data: body.data ?? {}, challenge }, request)
    if (settings.email.enable_confirmations) return Response.json({})
    person = await findByEmail(pool, email)
  }
  const addressee = person && { ...person, email }
  if (!addressee) return Response.json({})
  await inTransaction(pool, async (db) => {
    if (challenge)
      await beginFlow(db, { userId: addressee.id, provider: 'magiclink', method: 'magiclink', challenge })
    await audit(db, { action: 'user_recovery_requested', actor: addressee })
    await sendSignInLink(means, db, addressee, { request, challenge }, 'magiclink')
  })
  return Response.json({})
}
