import { NotificationKind, type UnsubscribeAnswer, UnsubscribeInput } from '@p2p/contracts'
import type { SupabaseClient } from '@supabase/supabase-js'
import { z } from 'zod'
import { readJson } from '../_shared/body.ts'
import { networkOf } from '../_shared/caller.ts'
import type { Env } from '../_shared/env.ts'
import { faultsOf, fieldsInvalid } from '../_shared/input.ts'
import { unavailable } from '../_shared/reaching.ts'
import { Refusal, tooMany } from '../_shared/refusal.ts'
import type { Call } from '../_shared/serve.ts'
import { asService } from '../_shared/supabase.ts'

/** Null where the token is nobody's. */
const Answer = z.object({ kinds: z.array(NotificationKind) }).nullable()

/**
 * Ends mails by the link of one, without a session: whoever holds the token holds the mail. Nothing is ended by opening
 * an address (GET): scanners of mail open every link.
 */
export const unsubscribe =
  (env: Env) =>
  async (request: Request, call: Call): Promise<Response> => {
    if (request.method !== 'POST') return toPage(request, env.siteUrl)
    const { token, end } = await readInput(request)
    const service = asService(env, call.requestId)
    const { data, error } = await ask(service, { token, end, network: networkOf(request) })
    if (error?.code === 'PT429') throw tooMany(Number(error.hint))
    if (error) throw unavailable(call, error)
    const answer = Answer.parse(data)
    if (!answer) throw unknown()
    return Response.json({ kinds: answer.kinds, ended: end !== undefined } satisfies UnsubscribeAnswer)
  }

type Asked = UnsubscribeInput & { network: string }

const ask = (service: SupabaseClient, { token, end, network }: Asked) =>
  end
    ? service.rpc('unsubscribe', { token, everything: end === 'everything', network })
    : service.rpc('read_unsubscribe_link', { token, network })

// A mail program that knows no one-click opens the address: a person is to decide there.
function toPage(request: Request, siteUrl: string | undefined): Response {
  if (!siteUrl) throw new Refusal(405, 'method_not_allowed', 'Use POST.', { headers: { Allow: 'POST' } })
  const { search } = new URL(request.url)
  return new Response(null, { status: 303, headers: { Location: `${siteUrl}/unsubscribe${search}` } })
}

const unknown = () =>
  new Refusal(404, 'unsubscribe_unknown', 'This link ends no mails. It may have been cut short.')

async function readInput(request: Request): Promise<UnsubscribeInput> {
  const inAddress = new URL(request.url).searchParams.get('token')
  // A mail program says so in a form; the token stands in the address.
  const body = inAddress === null ? await readJson(request, 1_000) : { token: inAddress, end: 'these' }
  const result = UnsubscribeInput.safeParse(body)
  if (result.success) return result.data
  const fields = faultsOf(result.error)
  if (fields.end) throw fieldsInvalid(fields)
  throw unknown()
}
