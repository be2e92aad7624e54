import type { Caller } from '../gateway/caller.ts'
import { checkPassword, readBody, readEmail, UserBody } from './bodies.ts'
import type { AuthService } from './service.ts'
import { banned } from './sign-in.ts'

/** Refuses a person whose token outlived a ban. */
export async function refuseBanned({ pool }: AuthService, { userId }: Caller): Promise<void> {
  if (!userId) return
  const { rows } = await pool.query('select from auth.users where id::text = $1 and banned_until > now()', [
    userId,
  ])
  if (rows.length > 0) throw banned(403)
}

/** PUT /user */
export async function updateUser(service: AuthService, request: Request, caller: Caller): Promise<Response> {
  const body = await readBody(request.clone(), UserBody)
  if (body.password !== undefined) checkPassword(body.password, service.settings)
  if (body.email) readEmail(body.email, '')
  const response = await service.inner(request)
  if (response.ok && body.password !== undefined) await signOutElsewhere(service, caller)
  return response
}

/** Whoever changes a password may do so because somebody else knows the old one. */
async function signOutElsewhere({ pool }: AuthService, { userId, sessionId }: Caller): Promise<void> {
  await pool.query('delete from auth.sessions where user_id::text = $1 and id::text is distinct from $2', [
    userId,
    sessionId,
  ])
}
