import { limitOf, type SignInAnswer, SignInInput } from '@p2p/contracts'
import type { AuthError, Session, SupabaseClient } from '@supabase/supabase-js'
import { z } from 'zod'
import { readJson } from '../_shared/body.ts'
import { addressOf, networkOf } from '../_shared/caller.ts'
import type { Env } from '../_shared/env.ts'
import { readInput } from '../_shared/input.ts'
import { digest, takeLimit } from '../_shared/limit.ts'
import { reaching, unavailable } from '../_shared/reaching.ts'
import { Refusal, tooMany } from '../_shared/refusal.ts'
import type { Call } from '../_shared/serve.ts'
import { asService, onBehalfOf } from '../_shared/supabase.ts'

/**
 * Signs a person in. Auth compares the password; here tries are counted in Postgres, for each address, known or not,
 * and each network, and who wants to be remembered gets a session of thirty days instead of twelve hours. Whoever has a
 * second factor confirms it afterwards: until then the session opens nothing.
 */
export const signIn =
  (env: Env) =>
  async (request: Request, call: Call): Promise<Response> => {
    const input = readInput(SignInInput, await readJson(request, 10_000))
    const service = asService(env, call.requestId)
    const network = networkOf(request)
    // Counted before the answer is known, so that a thousand tries at once are no way around it.
    await reaching(call, async () => {
      await takeLimit(service, limitOf('sign_in.network'), network)
      await takeLimit(service, limitOf('sign_in.address'), input.email)
    })

    const { email, password } = input
    const { data, error } = await reaching(call, () =>
      onBehalfOf(env, call.requestId, addressOf(request)).auth.signInWithPassword({ email, password }),
    )
    if (error) throw refusalOf(error, call)

    await reaching(call, async () => {
      await begin(service, request, data.session, input.remember)
      await forgive(service, input.email, network)
    })
    const { access_token, refresh_token } = data.session
    return Response.json({ access_token, refresh_token } satisfies SignInAnswer)
  }

/** Auth's words for who does not come in, in ours. The later ones are said to who knows the password alone. */
function refusalOf(error: AuthError, call: Call): Refusal {
  switch (error.code) {
    case 'invalid_credentials':
      return new Refusal(401, 'credentials_wrong', 'This e-mail and password do not belong together.')
    case 'email_not_confirmed':
      return new Refusal(403, 'email_not_verified', 'This address is not verified yet.')
    case 'user_banned':
      return new Refusal(403, 'account_suspended', 'This account is suspended.')
    case 'over_request_rate_limit':
      return tooMany(60)
    default:
      return unavailable(call, error)
  }
}

const Claims = z.object({ session_id: z.uuid() })

// The token has just come from Auth: it is read, not checked.
const sessionIdOf = ({ access_token }: Session): string => {
  const payload = access_token.split('.')[1] ?? ''
  return Claims.parse(JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')))).session_id
}

async function begin(
  service: SupabaseClient,
  request: Request,
  session: Session,
  remember: boolean,
): Promise<void> {
  const { data, error } = await service.rpc('begin_session', {
    session: sessionIdOf(session),
    user_agent: request.headers.get('user-agent'),
    address: addressOf(request),
    remember,
  })
  // Nobody has the tokens: a session that could not be begun is nobody's, and ends with Auth's own time.
  if (error || data !== true) throw new Error(`The session was not begun: ${error?.message}`)
}

async function forgive(service: SupabaseClient, email: string, network: string): Promise<void> {
  const [address, from] = await Promise.all([digest(email), digest(network)])
  const { error } = await service.rpc('forgive_sign_in', { address, network: from })
  if (error) throw new Error(`The tries were not forgotten: ${error.message}`, { cause: error })
}
