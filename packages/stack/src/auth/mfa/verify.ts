import { Secret, TOTP } from 'otpauth'
import { z } from 'zod'
import { addressOf } from '../address.ts'
import { audit } from '../audit.ts'
import { readBody, text } from '../bodies.ts'
import { AuthFault, invalid } from '../fault.ts'
import { callHook, hookMetadata } from '../hook-call.ts'
import type { Means } from '../means.ts'
import type { Queryable } from '../people.ts'
import { notify } from '../sending.ts'
import { addMethod, addRefreshToken, type SessionJson, sessionJson } from '../sessions.ts'
import { inTransaction } from '../transaction.ts'
import type { Session, Who } from '../who.ts'
import { challengeLifetime } from './challenge.ts'
import { type Factor, findFactor, readOwner, requireEnabled } from './factors.ts'

const Body = z.object({ challenge_id: z.guid(), code: text })

/** POST /factors/{id}/verify: the right code raises the session to `aal2`, and ends those that were not raised. */
export async function verifyFactor(means: Means, request: Request, id: string): Promise<Response> {
  const who = await readOwner(means, request)
  const factor = await findFactor(means.pool, who.id, id)
  await means.limits.request('factor_verify', request)
  const { challenge_id: challengeId, code } = await readBody(request, Body)
  if (factor.type === 'webauthn') {
    // The code that hosted has for it, whatever it says of enrolling.
    throw new AuthFault(422, 'mfa_webauthn_enroll_not_enabled', 'MFA verification is disabled for WebAuthn')
  }
  if (!code) throw invalid('Code needs to be non-empty')
  requireEnabled(means, factor.type, 'verify')

  await inTransaction(means.pool, (db) => findChallenge(db, id, challengeId, request))
  const isRight = isCodeOf(factor, code)
  await askHook(means, who, factor, isRight, request)
  if (!isRight) throw new AuthFault(422, 'mfa_verification_failed', 'Invalid TOTP code entered')

  const session = await inTransaction(means.pool, async (db) => {
    await db.query('select from auth.users where id = $1 for no key update', [who.id])
    // Looked at again under its lock: a challenge is answered once.
    await findChallenge(db, id, challengeId, request)
    const traits = { factor_id: id, challenge_id: challengeId, factor_type: factor.type }
    await audit(db, { action: 'verification_attempted', actor: who, traits })
    await db.query('update auth.mfa_challenges set verified_at = now() where id = $1', [challengeId])
    await db.query(
      `update auth.mfa_factors set status = 'verified', updated_at = now() where id = $1 and status <> 'verified'`,
      [id],
    )
    const raised = await raise(means, db, who, id, request)
    await db.query(`delete from auth.sessions where user_id = $1 and aal < 'aal2'`, [who.id])
    await db.query(
      `delete from auth.mfa_factors where user_id = $1 and status = 'unverified' and factor_type::text = $2`,
      [who.id, factor.type],
    )
    return raised
  })
  if (factor.status === 'unverified' && who.email) {
    const values = { FactorType: factor.type }
    await notify(means, 'mfa_factor_enrolled', { email: who.email, data: who.data }, { values })
  }
  return Response.json(session)
}

/** Codes are those of the half minute now, before and after: clocks differ. */
const isCodeOf = ({ secret }: Factor, code: string) =>
  new TOTP({ secret: Secret.fromBase32(secret ?? '') }).validate({ token: code.trim(), window: 1 }) !== null

const Challenge = z.object({ isOther: z.boolean(), isOver: z.boolean() })

async function findChallenge(db: Queryable, factorId: string, id: string, request: Request): Promise<void> {
  const { rows } = await db.query(
    `select verified_at is not null or ip_address <> $3::inet as "isOther",
       created_at < now() - make_interval(secs => ${challengeLifetime}) as "isOver"
     from auth.mfa_challenges where id = $1 and factor_id = $2 for update`,
    [id, factorId, addressOf(request)],
  )
  if (!rows[0]) {
    const message = 'MFA factor with the provided challenge ID not found'
    throw new AuthFault(422, 'mfa_factor_not_found', message)
  }
  const { isOther, isOver } = Challenge.parse(rows[0])
  if (isOther) {
    const message = 'Challenge and verify IP addresses mismatch.'
    throw new AuthFault(422, 'mfa_ip_address_mismatch', message)
  }
  if (isOver) {
    const message = `MFA challenge ${id} has expired, verify against another challenge or create a new challenge.`
    throw new AuthFault(422, 'mfa_challenge_expired', message)
  }
}

/** The session's next refresh token is the only one that goes on with the raised session. */
async function raise(
  means: Means,
  db: Queryable,
  who: Who & { session: Session },
  factorId: string,
  request: Request,
): Promise<SessionJson> {
  const { id: userId, session } = who
  const [sessionId, method] = [session.id, 'totp' as const]
  await db.query(`update auth.sessions set aal = 'aal2', factor_id = $2, updated_at = now() where id = $1`, [
    sessionId,
    factorId,
  ])
  await addMethod(db, sessionId, method)
  const { rows } = await db.query(
    `update auth.refresh_tokens set revoked = true, updated_at = now()
     where session_id = $1 and not revoked returning token`,
    [sessionId],
  )
  const parent = typeof rows[0]?.token === 'string' ? rows[0].token : ''
  await audit(db, { action: 'token_revoked', actor: who })
  const refreshToken = await addRefreshToken(db, { userId, sessionId, parent })
  return sessionJson(means, db, { userId, sessionId, method, request, refreshToken })
}

const Decision = z.object({ decision: z.string().optional(), message: z.string().optional() })

/** Lets the project's `mfa_verification_attempt` hook count wrong codes, and lock somebody out. */
async function askHook(
  means: Means,
  who: Who,
  factor: Factor,
  valid: boolean,
  request: Request,
): Promise<void> {
  const hook = means.settings.hook.mfa_verification_attempt
  if (!hook?.enabled) return
  const answer = await inTransaction(means.pool, (db) =>
    callHook(db, hook.uri, {
      metadata: hookMetadata('mfa-verification', request),
      user_id: who.id,
      factor_id: factor.id,
      factor_type: factor.type,
      valid,
    }),
  )
  const { decision, message } = Decision.parse(answer ?? {})
  if (decision !== 'reject') return
  await means.pool.query('delete from auth.sessions where user_id = $1', [who.id])
  throw new AuthFault(
    403,
    'mfa_verification_rejected',
    message || 'Further MFA verification attempts will be rejected.',
  )
}
