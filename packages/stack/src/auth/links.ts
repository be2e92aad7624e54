import { EmailBody, OtpBody, ResendBody, readBody, readEmail, VerifyBody } from './bodies.ts'
import { sendConfirmation, sendEmailChange, sendRecovery } from './confirmation.ts'
import { AuthFault, invalid } from './fault.ts'
import { audit, findByEmail } from './people.ts'
import { type AuthService, inTransaction } from './service.ts'
import { banned } from './sign-in.ts'
import { signUp, unguessable } from './signup.ts'

const done = () => Response.json({})

/** POST /recover. An address nobody has gets the same answer. */
export async function recover(service: AuthService, request: Request): Promise<Response> {
  const body = await readBody(request, EmailBody)
  const email = readEmail(body.email, 'Password recovery requires an email')
  const person = await findByEmail(service.pool, email)
  if (!person) return done()
  await inTransaction(service.pool, async (db) => {
    await audit(db, 'user_recovery_requested', { id: person.id, email })
    await sendRecovery(service, db, { ...person, email }, 'recovery')
  })
  return done()
}

/** POST /resend */
export async function resend(service: AuthService, request: Request): Promise<Response> {
  const body = await readBody(request, ResendBody)
  if (body.type !== 'signup' && body.type !== 'email_change') {
    throw invalid('Missing one of these types: signup, email_change, sms, phone_change')
  }
  const email = readEmail(body.email, 'Type provided requires an email address')
  const person = await findByEmail(service.pool, email)
  if (!person) return done()
  const { newEmail } = person
  if (body.type === 'signup' && !person.confirmed) {
    await inTransaction(service.pool, async (db) => {
      await audit(db, 'user_confirmation_requested', { id: person.id, email })
      await sendConfirmation(service, db, { ...person, email })
    })
  } else if (body.type === 'email_change' && newEmail) {
    await inTransaction(service.pool, (db) => sendEmailChange(service, db, { ...person, email, newEmail }))
  }
  return done()
}

/**
 * POST /otp and /magiclink: a link that signs in. Whoever has no account gets one first, and signs in once the address
 * is proven; @supabase/lite would take it for proven at once.
 */
export async function otp(service: AuthService, request: Request): Promise<Response> {
  const body = await readBody(request, OtpBody)
  const email = readEmail(body.email, 'One of email or phone must be set')
  const person = await findByEmail(service.pool, email)
  if (person?.confirmed) {
    await inTransaction(service.pool, async (db) => {
      await audit(db, 'user_recovery_requested', { id: person.id, email })
      await sendRecovery(service, db, { ...person, email }, 'magiclink')
    })
    return done()
  }
  if (!person && (body.create_user === false || !service.settings.enable_signup)) {
    throw new AuthFault(422, 'otp_disabled', 'Signups not allowed for otp')
  }
  await signUp(service, { email, password: unguessable(), data: body.data ?? {} }, request)
  return done()
}

/** POST /verify */
export async function verify(service: AuthService, request: Request): Promise<Response> {
  const body = await readBody(request.clone(), VerifyBody)
  if (body.token_hash && (await isBanned(service, body.token_hash))) throw banned(403)
  const type = await innerType(service, body.type, body.token_hash)
  const headers = new Headers(request.headers)
  headers.delete('content-length')
  return service.inner(
    new Request(request.url, { method: 'POST', headers, body: JSON.stringify({ ...body, type }) }),
  )
}

/** GET /verify: the link of a template that uses {{ .ConfirmationURL }}. Ends on the site, whatever happens. */
export async function verifyByLink(service: AuthService, request: Request): Promise<Response> {
  const url = new URL(request.url)
  const hash = url.searchParams.get('token') ?? ''
  if (await isBanned(service, hash)) throw banned(403)
  const type = await innerType(service, url.searchParams.get('type') ?? undefined, hash)
  if (type) url.searchParams.set('type', type)
  return service.inner(new Request(url, { headers: request.headers }))
}

/** @supabase/lite does not know `email`, which stands for whichever mail the token was in, nor `invite`. */
async function innerType(
  service: AuthService,
  type: string | undefined,
  hash?: string,
): Promise<string | undefined> {
  if (type === 'invite') return 'signup'
  if (type !== 'email') return type
  const { rows } = await service.pool.query('select from auth.users where confirmation_token = $1', [
    hash ?? '',
  ])
  return rows.length > 0 ? 'signup' : 'magiclink'
}

async function isBanned({ pool }: AuthService, hash: string): Promise<boolean> {
  const { rows } = await pool.query(
    `select from auth.users
     where $1 in (confirmation_token, recovery_token, email_change_token_new, email_change_token_current)
       and banned_until > now()`,
    [hash],
  )
  return rows.length > 0
}
