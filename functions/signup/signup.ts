import { type ErrorCode, isErrorCode, limitOf, type SignupAnswer, SignupInput } from '@p2p/contracts'
import type { AuthError, SupabaseClient } from '@supabase/supabase-js'
import { readJson } from '../_shared/body.ts'
import { addressOf, networkOf } from '../_shared/caller.ts'
import type { Env } from '../_shared/env.ts'
import { readInput } from '../_shared/input.ts'
import { takeLimit } from '../_shared/limit.ts'
import { reaching, unavailable } from '../_shared/reaching.ts'
import { Refusal, tooMany } from '../_shared/refusal.ts'
import type { Call } from '../_shared/serve.ts'
import { asService, onBehalfOf } from '../_shared/supabase.ts'
import { refusalFor } from './input.ts'

// The page says that nothing was created.
const down = 'signup_unavailable'

/**
 * Signs a person and their company up. The truth of it is in the database, whose trigger refuses the same things to
 * whoever calls Auth directly; here a person is told what is wrong and what to do next, at a bounded rate.
 *
 * An address that has an account already is answered as a new one, as far as its domain allows: the form must not tell
 * who is registered.
 */
export const signup =
  (env: Env) =>
  async (request: Request, call: Call): Promise<Response> => {
    const input = readInput(SignupInput, await readJson(request, 10_000))
    const service = asService(env, call.requestId)
    await reaching(
      call,
      async () => {
        await takeLimit(
          service,
          { ...limitOf('signup.network'), max: env.signupMaxPerNetwork },
          networkOf(request),
        )
        await takeLimit(service, limitOf('signup.address'), input.email)
      },
      down,
    )

    const fault = await reaching(call, () => askForFault(service, input), down)
    const visitor = onBehalfOf(env, call.requestId, addressOf(request))
    if (fault === 'awaiting_verification') {
      // Where nothing was forgotten the mail has just gone out, as when somebody presses a button twice.
      const forgotten = await reaching(call, () => forgetUnverified(service, input.email), down)
      if (forgotten) await signUp(visitor, service, input, call)
    } else if (fault && fault !== 'account_exists') throw refusalFor(fault)
    else await signUp(visitor, service, input, call)

    const answer: SignupAnswer = { email: input.email, status: 'verification_sent' }
    return Response.json(answer)
  }

type Fault = ErrorCode | 'account_exists'

async function askForFault(service: SupabaseClient, input: SignupInput): Promise<Fault | null> {
  const { data, error } = await service.rpc('signup_fault', {
    email: input.email,
    metadata: metadataOf(input),
  })
  if (error) throw new Error(`The database did not judge the signup: ${error.message}`, { cause: error })
  if (data === null || data === 'account_exists' || isErrorCode(data)) return data
  throw new Error(`The database knows a fault that is not known here: ${String(data)}`)
}

async function forgetUnverified(service: SupabaseClient, email: string): Promise<boolean> {
  const { data, error } = await service.rpc('forget_unverified_signup', { email })
  if (error) throw new Error(`The earlier signup was not forgotten: ${error.message}`, { cause: error })
  return data === true
}

const metadataOf = ({ email: _email, password: _password, ...metadata }: SignupInput) => metadata

async function signUp(visitor: SupabaseClient, service: SupabaseClient, input: SignupInput, call: Call) {
  const { email, password } = input
  const data = { ...metadataOf(input), request_id: call.requestId }
  const { error } = await visitor.auth.signUp({ email, password, options: { data } })
  if (!error || isAnsweredAsNew(error)) return
  const known = refusalOf(error)
  if (known) throw known

  // Between our question and the signup somebody else may have come first: ask again before blaming ourselves.
  const fault = await reaching(call, () => askForFault(service, input), down)
  if (fault === 'awaiting_verification' || fault === 'account_exists') return
  if (fault) throw refusalFor(fault)
  throw unavailable(call, error, down)
}

// Either the address has an account, or its mail went out a moment ago, as when somebody presses a button twice.
const isAnsweredAsNew = ({ code, message }: AuthError) =>
  code === 'user_already_exists' ||
  code === 'email_exists' ||
  (code === 'over_email_send_rate_limit' && /only request this/i.test(message))

/** What Auth says that the caller can act on; undefined where it says nothing of use. */
function refusalOf({ code, message }: AuthError): Refusal | undefined {
  if (code === 'weak_password') return refusalFor('password_weak')
  if (code === 'email_address_invalid') return refusalFor('email_invalid')
  if (code === 'over_email_send_rate_limit' || code === 'over_request_rate_limit') return tooMany(60)
  // Auth has no code for a mail it could not send; its sentence has been the same since its first version.
  if (code === 'email_address_not_authorized' || /error sending .* email/i.test(message)) {
    return new Refusal(
      503,
      'mail_unavailable',
      'The verification mail cannot be sent at present. Try again later.',
    )
  }
  return undefined
}
