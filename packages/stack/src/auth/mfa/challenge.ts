import { randomUUID } from 'node:crypto'
import { addressOf } from '../address.ts'
import { audit } from '../audit.ts'
import type { Means } from '../means.ts'
import { inTransaction } from '../transaction.ts'
import { findFactor, readOwner, requireEnabled } from './factors.ts'

/** Seconds that somebody has to type the code. */
export const challengeLifetime = 300

/** POST /factors/{id}/challenge: from now on the factor waits for its code. */
export async function challenge(means: Means, request: Request, id: string): Promise<Response> {
  const who = await readOwner(means, request)
  const factor = await findFactor(means.pool, who.id, id)
  await means.limits.request('factor_challenge', request)
  requireEnabled(means, factor.type, 'verify')
  const challengeId = randomUUID()
  const now = Math.floor(Date.now() / 1000)
  await inTransaction(means.pool, async (db) => {
    await db.query(
      `insert into auth.mfa_challenges (id, factor_id, created_at, ip_address) values ($1, $2, now(), $3)`,
      [challengeId, id, addressOf(request)],
    )
    await db.query(
      'update auth.mfa_factors set last_challenged_at = clock_timestamp(), updated_at = now() where id = $1',
      [id],
    )
    const traits = { factor_id: id, factor_status: factor.status }
    await audit(db, { action: 'challenge_created', actor: who, traits })
  })
  return Response.json({ id: challengeId, type: factor.type, expires_at: now + challengeLifetime })
}
