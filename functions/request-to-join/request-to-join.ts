import { type JoinRequestAnswer, JoinRequestInput, limitOf } from '@p2p/contracts'
import { readJson } from '../_shared/body.ts'
import { networkOf } from '../_shared/caller.ts'
import type { Env } from '../_shared/env.ts'
import { readInput } from '../_shared/input.ts'
import { takeLimit } from '../_shared/limit.ts'
import { reaching } from '../_shared/reaching.ts'
import type { Call } from '../_shared/serve.ts'
import { asService } from '../_shared/supabase.ts'

/**
 * Asks the company of an address's domain to let its owner in. The answer is the same whether or not there is such a
 * company, an account or an invitation: only the company's admins are told.
 */
export const requestToJoin =
  (env: Env) =>
  async (request: Request, call: Call): Promise<Response> => {
    const input = readInput(JoinRequestInput, await readJson(request, 10_000))
    const service = asService(env, call.requestId)
    await reaching(call, async () => {
      await takeLimit(service, limitOf('join.network'), networkOf(request))
      await takeLimit(service, limitOf('join.address'), input.email)
      const { error } = await service.rpc('request_to_join', input)
      if (error) throw new Error(`The database did not take the request: ${error.message}`, { cause: error })
    })
    const answer: JoinRequestAnswer = { status: 'asked' }
    return Response.json(answer)
  }
