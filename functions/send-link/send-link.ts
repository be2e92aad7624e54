import { type LinkAnswer, LinkRequest, limitOf } from '@p2p/contracts'
import type { AuthError } from '@supabase/supabase-js'
import { readJson } from '../_shared/body.ts'
import { addressOf, networkOf } from '../_shared/caller.ts'
import type { Env } from '../_shared/env.ts'
import { takeLimit } from '../_shared/limit.ts'
import { reaching, unavailable } from '../_shared/reaching.ts'
import { Refusal, tooMany } from '../_shared/refusal.ts'
import type { Call } from '../_shared/serve.ts'
import { asService, onBehalfOf } from '../_shared/supabase.ts'

/**
 * Asks Auth for one of its links, at a rate that Postgres keeps: Auth alone counts what one address asks in the memory of
 * a process. Whoever asks Auth directly still meets its pause between two mails to the same address, which is kept with
 * the account. The answer never tells whether there is one.
 */
export const sendLink =
  (env: Env) =>
  async (request: Request, call: Call): Promise<Response> => {
    const { kind, email } = readRequest(await readJson(request, 2_000))
    const service = asService(env, call.requestId)
    await reaching(call, async () => {
      await takeLimit(service, limitOf('mails.network'), networkOf(request))
      await takeLimit(service, limitOf('mails.address'), email)
    })

    const { auth } = onBehalfOf(env, call.requestId, addressOf(request))
    const { error } =
      kind === 'recovery'
        ? await auth.resetPasswordForEmail(email)
        : await auth.resend({ type: 'signup', email })
    if (error && !isOnItsWay(error)) throw refusalOf(call, error)

    const answer: LinkAnswer = { status: 'sent' }
    return Response.json(answer)
  }

function readRequest(body: unknown): LinkRequest {
  const result = LinkRequest.safeParse(body)
  if (result.success) return result.data
  const fields = result.error.issues.some(({ path }) => path[0] === 'email')
    ? { email: 'email_invalid' as const }
    : {}
  throw new Refusal(422, 'invalid_input', 'Name an address, and which link it is to get.', { fields })
}

// The mail went out a moment ago, as when somebody presses a button twice.
const isOnItsWay = ({ code, message }: AuthError) =>
  code === 'over_email_send_rate_limit' && /only request this/i.test(message)

function refusalOf(call: Call, error: AuthError): Refusal {
  const { code, message } = error
  if (code === 'over_email_send_rate_limit' || code === 'over_request_rate_limit') return tooMany(60)
  if (code === 'email_address_invalid')
    return new Refusal(422, 'invalid_input', 'This is not an e-mail address.', {
      fields: { email: 'email_invalid' },
    })
  // Auth has no code for a mail it could not send; its sentence has been the same since its first version.
  if (code === 'email_address_not_authorized' || /error sending .* email/i.test(message))
    return new Refusal(503, 'mail_unavailable', 'The mail cannot be sent at present. Try again later.')
  return unavailable(call, error)
}
