import { setTimeout } from 'node:timers/promises'
import { z } from 'zod'
import type { AuthSettings } from '../project.ts'
import { addressOf } from './address.ts'
import { audit } from './audit.ts'
import { readBody, text } from './bodies.ts'
import { AuthFault, invalid } from './fault.ts'
import type { Means } from './means.ts'
import type { Queryable } from './people.ts'
import { findHolder, findToken, lock, revokeAll, type Spendable, swap } from './refresh-tokens.ts'
import { deviceOf, type SessionJson, sessionJson } from './sessions.ts'
import { inTransaction } from './transaction.ts'

const Body = z.object({ refresh_token: text })
const wellFormed = /^[a-z0-9]{12}$/

const unknown = () =>
  new AuthFault(400, 'refresh_token_not_found', 'Invalid Refresh Token: Refresh Token Not Found')
const expired = (why: string) =>
  new AuthFault(400, 'session_expired', `Invalid Refresh Token: Session Expired${why}`)

/**
 * POST /token?grant_type=refresh_token. A token is spent and the next one given in one transaction: whoever was cut off
 * in between holds one of the two, and both go on.
 */
export async function refresh(means: Means, request: Request): Promise<Response> {
  const { refresh_token: given } = await readBody(request, Body)
  if (!wellFormed.test(given)) throw invalid('Refresh token is not valid')
  const end = Date.now() + patienceMs
  for (;;) {
    const answer = await inTransaction(means.pool, (db) => spend(means, db, given, request))
    if (answer === 'reused') {
      throw new AuthFault(400, 'refresh_token_already_used', 'Invalid Refresh Token: Already Used')
    }
    if (answer !== 'busy') return Response.json(answer)
    if (Date.now() > end) throw tooMany()
    await setTimeout(10 + Math.random() * 20)
  }
}

/** As long as hosted lets one wait who refreshes while somebody else refreshes the same session. */
const patienceMs = 5_000
const tooMany = () =>
  new AuthFault(
    409,
    'conflict',
    'Too many concurrent token refresh requests on the same session or refresh token',
  )

async function spend(
  means: Means,
  db: Queryable,
  given: string,
  request: Request,
): Promise<SessionJson | 'reused' | 'busy'> {
  const { settings } = means
  const held = await findHolder(db, given)
  if (!held) throw unknown()
  if (held.banned) throw new AuthFault(400, 'user_banned', 'Invalid Refresh Token: User Banned')
  const { userId, sessionId } = held
  if (!sessionId)
    throw new AuthFault(400, 'session_not_found', 'Invalid Refresh Token: No Valid Session Found')

  if (!(await lock(db, userId, sessionId))) return 'busy'
  const token = await findToken(db, given)
  if (!token) throw unknown()
  refuseExpired(token, settings)
  const next = nextOf(token, given, settings)
  if (next === 'reused') {
    if (settings.enable_refresh_token_rotation) await revokeAll(db, sessionId)
    return 'reused'
  }
  const actor = { id: userId, email: held.email, data: held.data }
  await audit(db, { action: 'token_refreshed', actor })
  if (next === 'new') await audit(db, { action: 'token_revoked', actor })
  const refreshToken =
    next === 'new' ? await swap(db, token.id, { userId, sessionId, parent: given }) : next.token
  const session = { userId, sessionId, method: 'token_refresh', request, refreshToken } as const
  const answer = await sessionJson(means, db, session)
  await db.query(
    `update auth.sessions set refreshed_at = now() at time zone 'utc', user_agent = $2, ip = $3, updated_at = now()
     where id = $1`,
    [sessionId, deviceOf(request), addressOf(request)],
  )
  return answer
}

function refuseExpired(token: Spendable, { sessions }: AuthSettings): void {
  const { timebox, inactivity_timeout: longestIdle } = sessions
  if (token.overdue || (timebox !== undefined && token.sessionAge > timebox)) throw expired('')
  if (longestIdle !== undefined && token.idle > longestIdle) throw expired(' (Inactivity)')
}

/**
 * What a token is good for. A spent one is forgiven where its successor was not used yet, which means that the answer
 * was lost on its way, and within the reuse interval; after that somebody else has it.
 */
function nextOf(
  token: Spendable,
  given: string,
  settings: AuthSettings,
): 'new' | 'reused' | { token: string } {
  if (!token.revoked) return 'new'
  if (token.active?.parent === given) return { token: token.active.token }
  return token.age > settings.refresh_token_reuse_interval ? 'reused' : 'new'
}
