import { randomBytes, randomUUID } from 'node:crypto'
import { checkPassword, readBody, readEmail, SignupBody } from './bodies.ts'
import { sendConfirmation } from './confirmation.ts'
import { AuthFault, DatabaseFault, invalid } from './fault.ts'
import { beforeUserCreated } from './hook.ts'
import { audit, describePerson, findByEmail, insertPerson, type UserJson } from './people.ts'
import { type AuthService, inTransaction } from './service.ts'

type Signup = { email: string; password: string; data: Record<string, unknown> }

/** POST /signup */
export async function signup(service: AuthService, request: Request): Promise<Response> {
  const { settings } = service
  if (!settings.enable_signup)
    throw new AuthFault(422, 'signup_disabled', 'Signups not allowed for this instance')
  const body = await readBody(request, SignupBody)
  if (!body.password) throw invalid('Signup requires a valid password')
  checkPassword(body.password, settings)
  const email = readEmail(body.email, 'Sign up only available with email provider')
  const wanted = { email, password: body.password, data: body.data ?? {} }
  const user = await signUp(service, wanted, request)
  if (settings.email.enable_confirmations) return Response.json(user)
  return service.inner(signInRequest(request, wanted))
}

/**
 * Makes the account and sends the link that proves the address, as one: where the mail cannot be sent, or this process
 * dies in between, there is no account. An address that has one is answered as if it were new, or this would tell who
 * is registered.
 */
export async function signUp(service: AuthService, wanted: Signup, request: Request): Promise<UserJson> {
  const { email, data } = wanted
  const known = await findByEmail(service.pool, email)
  const id = known?.id ?? randomUUID()
  if (!known)
    await beforeUserCreated(service, { id, email, data }, request.headers.get('x-forwarded-for') ?? '')
  if (known?.confirmed) {
    await audit(service.pool, 'user_repeated_signup', { id, email })
    if (!service.settings.email.enable_confirmations) {
      throw new AuthFault(422, 'user_already_exists', 'User already registered')
    }
    return stranger(wanted)
  }

  const confirmed = !service.settings.email.enable_confirmations
  return inTransaction(service.pool, async (db) => {
    if (!known) {
      await insertPerson(db, { id, ...wanted, confirmed }).catch((cause) => {
        throw new DatabaseFault('Database error saving new user', cause)
      })
    }
    if (!confirmed) {
      await audit(db, 'user_confirmation_requested', { id, email })
      const stored = await findByEmail(db, email)
      await sendConfirmation(service, db, {
        id,
        email,
        confirmationAge: known?.confirmationAge ?? null,
        data: stored?.data ?? data,
      })
    }
    const user = await describePerson(db, id)
    if (!user) throw new DatabaseFault('Database error loading user after sign-up', undefined)
    return user
  }).catch((error) => {
    // Two at the same moment: the later one finds the account of the earlier.
    if (!known && isTaken(error)) return signUp(service, wanted, request)
    throw error
  })
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
    aud: 'authenticated',
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

export const unguessable = () => randomBytes(32).toString('base64url')

const signInRequest = (request: Request, { email, password }: Signup) =>
  new Request(new URL('/auth/v1/token?grant_type=password', request.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  })
