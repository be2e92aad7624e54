import {
  type ErrorCode,
  isErrorCode,
  type JoinRequestAnswer,
  JoinRequestInput,
  limitOf,
} from '@p2p/contracts'
import type { z } from 'zod'
import { readJson } from '../_shared/body.ts'
import { networkOf } from '../_shared/caller.ts'
import type { Env } from '../_shared/env.ts'
import { takeLimit } from '../_shared/limit.ts'
import { Refusal } from '../_shared/refusal.ts'
import type { Call } from '../_shared/serve.ts'
import { asService } from '../_shared/supabase.ts'

/**
 * Asks the company of an address's domain to let its owner in. The answer is the same whether or not there is such a
 * company, an account or an invitation: only the company's admins are told.
 */
export const requestToJoin =
  (env: Env) =>
  async (request: Request, call: Call): Promise<Response> => {
    const input = readInput(await readJson(request, 10_000))
    const service = asService(env, call.requestId)
    try {
      await takeLimit(service, limitOf('join.network'), networkOf(request))
      await takeLimit(service, limitOf('join.address'), input.email)
      const { error } = await service.rpc('request_to_join', input)
      if (error) throw new Error(`The database did not take the request: ${error.message}`, { cause: error })
    } catch (error) {
      throw error instanceof Refusal ? error : unavailable(call, error)
    }
    const answer: JoinRequestAnswer = { status: 'asked' }
    return Response.json(answer)
  }

function readInput(body: unknown): z.output<typeof JoinRequestInput> {
  const result = JoinRequestInput.safeParse(body)
  if (result.success) return result.data
  const fields: Record<string, ErrorCode> = {}
  for (const { path, message } of result.error.issues) {
    const [field] = path
    if (typeof field === 'string') fields[field] ??= isErrorCode(message) ? message : 'invalid_input'
  }
  throw new Refusal(422, 'invalid_input', 'Some of what you entered cannot be taken.', { fields })
}

function unavailable({ log }: Call, cause: unknown): Refusal {
  log('error', 'requests to join are unavailable', {
    reason: cause instanceof Error ? cause.message : String(cause),
  })
  return new Refusal(503, 'unavailable', 'This is not possible at present. Try again later.', {
    headers: { 'Retry-After': '30' },
  })
}
