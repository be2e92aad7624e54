import { z } from 'zod'
import { AuthFault } from '../fault.ts'
import type { Means } from '../means.ts'
import type { Queryable } from '../people.ts'
import { readWho, type Session, type Who } from '../who.ts'

const Factor = z.object({
  id: z.guid(),
  type: z.enum(['totp', 'phone', 'webauthn']),
  status: z.enum(['verified', 'unverified']),
  secret: z.string().nullable(),
})
export type Factor = z.infer<typeof Factor>

/** Whose second factor it is about: somebody with a session that can be raised to `aal2`. */
export async function readOwner(means: Means, request: Request): Promise<Who & { session: Session }> {
  const { session, ...who } = await readWho(means, request)
  if (who.claims.is_anonymous === true) {
    throw new AuthFault(403, 'no_authorization', 'Anonymous user not allowed to perform these actions')
  }
  if (!session) {
    throw new AuthFault(403, 'session_not_found', 'Session from session_id claim in JWT does not exist')
  }
  return { ...who, session }
}

export async function findFactor(db: Queryable, userId: string, id: string): Promise<Factor> {
  if (!z.guid().safeParse(id).success) {
    throw new AuthFault(404, 'validation_failed', 'factor_id must be an UUID')
  }
  const { rows } = await db.query(
    `select id, factor_type::text as type, status::text, secret from auth.mfa_factors
     where user_id = $1 and id = $2`,
    [userId, id],
  )
  if (!rows[0]) throw new AuthFault(404, 'mfa_factor_not_found', 'Factor not found')
  return Factor.parse(rows[0])
}

const names = { totp: 'TOTP', phone: 'Phone', webauthn: 'WebAuthn' } as const

/** Codes of an app are the one second factor there is here. */
export function requireEnabled({ settings }: Means, type: Factor['type'], step: 'enroll' | 'verify'): void {
  const { totp } = settings.mfa
  if (type === 'totp' && (step === 'enroll' ? totp.enroll_enabled : totp.verify_enabled)) return
  const what = step === 'enroll' ? 'enroll' : 'verification'
  throw new AuthFault(422, `mfa_${type}_${step}_not_enabled`, `MFA ${what} is disabled for ${names[type]}`)
}

const methods = { totp: 'totp', phone: 'mfa/phone', webauthn: 'mfa/webauthn' } as const

/** Takes a factor away; sessions that it had raised are worth what they were before. */
export async function removeFactor(db: Queryable, { id, type }: Factor): Promise<void> {
  await db.query('delete from auth.mfa_factors where id = $1', [id])
  await db.query(
    `delete from auth.mfa_amr_claims using auth.sessions
     where sessions.id = session_id and factor_id = $1 and authentication_method = $2`,
    [id, methods[type]],
  )
  await db.query(
    `update auth.sessions set aal = 'aal1', factor_id = null, updated_at = now() where factor_id = $1`,
    [id],
  )
}
