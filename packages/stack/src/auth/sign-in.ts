import { PasswordBody, PkceBody, RefreshBody, readBody } from './bodies.ts'
import { AuthFault, invalid } from './fault.ts'
import { findByEmail, passwordMatches } from './people.ts'
import type { AuthService } from './service.ts'

const wrong = () => new AuthFault(400, 'invalid_credentials', 'Invalid login credentials')
export const banned = (status: 400 | 403) => new AuthFault(status, 'user_banned', 'User is banned')

/** Takes as long as a wrong password does, so that time does not tell which addresses are known. */
const decoy = `select extensions.crypt($1, '$2a$10$abcdefghijklmnopqrstuuQ7bQYyVqJcXrZ1yTqk8GZ3v0Gq4cZ4e')`

/** POST /token */
export async function token(service: AuthService, request: Request): Promise<Response> {
  const grant = new URL(request.url).searchParams.get('grant_type')
  if (grant === 'password') return password(service, request)
  if (grant === 'refresh_token') return refresh(service, request)
  if (grant === 'pkce') {
    await readBody(request.clone(), PkceBody)
    return service.inner(request)
  }
  throw new AuthFault(400, 'invalid_credentials', 'unsupported_grant_type')
}

/** Says nothing of an account, not even that it is unverified or banned, to who does not know its password. */
async function password(service: AuthService, request: Request): Promise<Response> {
  const body = await readBody(request.clone(), PasswordBody)
  if (!body.email) throw invalid('missing email or phone')
  if (!body.password) throw wrong()
  const person = await findByEmail(service.pool, body.email.trim().toLowerCase())
  if (!person?.hasPassword) {
    await service.pool.query(decoy, [body.password])
    throw wrong()
  }
  if (person.confirmed && !person.banned) return service.inner(request)
  if (!(await passwordMatches(service.pool, person.id, body.password))) throw wrong()
  if (person.banned) throw banned(400)
  throw new AuthFault(400, 'email_not_confirmed', 'Email not confirmed')
}

async function refresh(service: AuthService, request: Request): Promise<Response> {
  const { refresh_token: given } = await readBody(request.clone(), RefreshBody)
  if (!given) throw invalid('Refresh token is not valid')
  const { rows } = await service.pool.query(
    `select coalesce(banned_until > now(), false) as banned
     from auth.refresh_tokens join auth.users on users.id = refresh_tokens.user_id
     where token = $1`,
    [given],
  )
  if (rows[0]?.banned) throw banned(400)
  return service.inner(request)
}
