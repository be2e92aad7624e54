import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { AuthFault, invalid } from './fault.ts'
import type { Queryable } from './people.ts'

/** How a flow began that ends in a code: by it the link that comes back finds its flow. */
export type FlowMethod = 'email/signup' | 'magiclink' | 'recovery' | 'invite' | 'email_change'

/** What PKCE (RFC 7636) binds a flow to: who has the verifier may exchange the code. */
export type Challenge = { value: string; method: 's256' | 'plain' }

const [shortest, longest] = [43, 128]
const allowed = /^[a-zA-Z._~0-9-]+$/
const Method = z.enum(['s256', 'plain'])

type Given = { code_challenge: string; code_challenge_method: string }

/** The challenge of a request's body, or undefined where it begins no such flow. */
export function readChallenge({ code_challenge: value, code_challenge_method: given }: Given) {
  if (!value && !given) return undefined
  if (!value || !given) throw invalid('PKCE flow requires code_challenge_method and code_challenge')
  if (value.length < shortest || value.length > longest) {
    throw invalid(`code challenge has to be between ${shortest} and ${longest} characters`)
  }
  if (!allowed.test(value)) {
    throw invalid(
      'code challenge can only contain alphanumeric characters, hyphens, periods, underscores and tildes',
    )
  }
  const method = Method.safeParse(given.toLowerCase())
  if (!method.success) throw invalid(`unsupported code_challenge method "${given}"`)
  return { value, method: method.data } satisfies Challenge
}

/** Remembers that somebody began a flow, with the code that its end will hand out. */
export async function beginFlow(
  db: Queryable,
  flow: { userId: string; provider: string; method: FlowMethod; challenge: Challenge },
): Promise<void> {
  await db.query(
    `insert into auth.flow_state
       (id, user_id, auth_code, code_challenge, code_challenge_method, provider_type, authentication_method,
        provider_access_token, provider_refresh_token, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, '', '', now(), now())`,
    [
      randomUUID(),
      flow.userId,
      randomUUID(),
      flow.challenge.value,
      flow.challenge.method,
      flow.provider,
      flow.method,
    ],
  )
}

/** The code of the latest flow that somebody began in this way; its clock starts now. */
export async function issueCode(db: Queryable, userId: string, method: FlowMethod): Promise<string> {
  const { rows } = await db.query(
    `update auth.flow_state set auth_code_issued_at = now(), updated_at = now()
     where id = (
       select id from auth.flow_state
       where user_id = $1 and authentication_method = $2 and coalesce(code_challenge, '') <> ''
       order by created_at desc limit 1)
     returning auth_code`,
    [userId, method],
  )
  if (rows[0]) return z.string().parse(rows[0].auth_code)
  throw new AuthFault(
    400,
    'flow_state_not_found',
    'No associated flow state found. 422: No valid flow state found for user.',
  )
}
