import { createHash, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import type { Method } from './access-token.ts'
import { audit } from './audit.ts'
import { readBody, text } from './bodies.ts'
import { AuthFault, invalid } from './fault.ts'
import type { Means } from './means.ts'
import type { Queryable } from './people.ts'
import { startSession } from './sessions.ts'
import { inTransaction } from './transaction.ts'

const Body = z.object({ auth_code: text, code_verifier: text })

const Flow = z.object({
  id: z.guid(),
  userId: z.guid(),
  challenge: z.string(),
  challengeMethod: z.enum(['s256', 'plain']),
  provider: z.string(),
  providerToken: z.string().nullable(),
  providerRefreshToken: z.string().nullable(),
  method: z.custom<Method>((given) => typeof given === 'string'),
  expired: z.boolean(),
  email: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
})

/** As long as hosted waits for the page to come with its verifier. */
const lifetime = '5 minutes'

/** POST /token?grant_type=pkce: the code that a link ended in, and the verifier that only the page that began it has. */
export async function exchangeCode(means: Means, request: Request): Promise<Response> {
  const { auth_code: code, code_verifier: verifier } = await readBody(request, Body)
  if (!code || !verifier) {
    throw invalid('invalid request: both auth code and code verifier should be non-empty')
  }
  const session = await inTransaction(means.pool, async (db) => {
    const flow = await findFlow(db, code)
    if (!flow) {
      throw new AuthFault(404, 'flow_state_not_found', 'invalid flow state, no valid flow state found')
    }
    if (flow.expired) {
      throw new AuthFault(422, 'flow_state_expired', 'invalid flow state, flow state has expired')
    }
    if (!answers(flow.challenge, flow.challengeMethod, verifier)) {
      throw new AuthFault(
        400,
        'bad_code_verifier',
        'code challenge does not match previously saved code verifier',
      )
    }
    await db.query('delete from auth.flow_state where id = $1', [flow.id])
    const actor = { id: flow.userId, email: flow.email, data: flow.data }
    await audit(db, { action: 'login', actor, traits: { provider_type: flow.provider } })
    const answer = await startSession(means, db, { userId: flow.userId, method: flow.method, request })
    return {
      ...answer,
      ...(flow.providerToken && { provider_token: flow.providerToken }),
      ...(flow.providerRefreshToken && { provider_refresh_token: flow.providerRefreshToken }),
    }
  })
  return Response.json(session)
}

/** Locked until the transaction ends, so that a code is exchanged once. */
async function findFlow(db: Queryable, code: string): Promise<z.infer<typeof Flow> | undefined> {
  const { rows } = await db.query(
    `select flow_state.id, user_id as "userId", code_challenge as challenge,
       code_challenge_method::text as "challengeMethod", provider_type as provider,
       provider_access_token as "providerToken", provider_refresh_token as "providerRefreshToken",
       authentication_method as method,
       case when authentication_method = 'magiclink' then coalesce(auth_code_issued_at, flow_state.created_at)
            else flow_state.created_at end < now() - interval '${lifetime}' as expired,
       users.email, coalesce(raw_user_meta_data, '{}') as data
     from auth.flow_state join auth.users on users.id = user_id
     where auth_code = $1 and code_challenge is not null for update of flow_state`,
    [code],
  )
  return rows[0] && Flow.parse(rows[0])
}

function answers(challenge: string, method: 's256' | 'plain', verifier: string): boolean {
  const given = method === 'plain' ? verifier : createHash('sha256').update(verifier).digest('base64url')
  const [left, right] = [Buffer.from(challenge), Buffer.from(given)]
  return left.length === right.length && timingSafeEqual(left, right)
}
