import { AuthFault, invalid } from './fault.ts'
import { type FlowMethod, issueCode } from './flow-state.ts'
import type { Means } from './means.ts'
import { pkcePrefix } from './one-time-tokens.ts'
import { type SessionJson, startSession } from './sessions.ts'
import { inTransaction } from './transaction.ts'
import { accept, type Shown, showLink, tellOfChange } from './verification.ts'
import { halfDone } from './verify.ts'

/**
 * GET /verify: the link of a template that uses {{ .ConfirmationURL }}. Ends on the site, whatever happens: with a
 * session or a code, or with what went wrong.
 */
export async function verifyByLink(means: Means, request: Request): Promise<Response> {
  await means.limits.request('verify', request)
  const query = new URL(request.url).searchParams
  const [token, type] = [query.get('token') ?? '', query.get('type') ?? '']
  if (!type) throw invalid('Verify requires a verification type')
  if (!token) throw invalid('Verify requires a token or a token hash')
  const target = means.redirects.of(request)
  const forCode = token.startsWith(pkcePrefix)
  try {
    return seeOther(await follow(means, request, { token, type, target, forCode }))
  } catch (error) {
    if (error instanceof AuthFault) return seeOther(withFault(target, error, forCode))
    throw error
  }
}

const seeOther = (location: string) => new Response(null, { status: 303, headers: { location } })

type Link = { token: string; type: string; target: string; forCode: boolean }

async function follow(means: Means, request: Request, link: Link): Promise<string> {
  const { token, type, target, forCode } = link
  const end = await inTransaction(means.pool, async (db) => {
    const shown = await showLink(means, db, type, token)
    if (!(await accept(means, db, shown))) return { location: withMessage(target, forCode) }
    const userId = shown.person.id
    if (forCode) return { shown, location: withCode(target, await issueCode(db, userId, methodOf(shown))) }
    const session = await startSession(means, db, { userId, method: 'otp', request })
    return { shown, location: withSession(target, session, shown.purpose) }
  })
  if (end.shown) await tellOfChange(means, end.shown)
  return end.location
}

const methodOf = ({ purpose }: Shown): FlowMethod => (purpose === 'signup' ? 'email/signup' : purpose)

/** `sb` tells a client that this came from Supabase. */
function fragment(fields: Record<string, string>): string {
  const parameters = new URLSearchParams({ ...fields, sb: '' })
  parameters.sort()
  return parameters.toString()
}

const withSession = (target: string, session: SessionJson, type: string) =>
  `${target}#${fragment({
    access_token: session.access_token,
    token_type: session.token_type,
    expires_in: String(session.expires_in),
    expires_at: String(session.expires_at),
    refresh_token: session.refresh_token,
    type,
  })}`

const withCode = (target: string, code: string) => withQuery(target, { code })

const withMessage = (target: string, forCode: boolean) =>
  withQuery(target, forCode ? { message: halfDone } : {}, { message: halfDone })

/** Text by text, because a URL that is read and written again is not quite the one that was asked for. */
function withQuery(target: string, fields: Record<string, string>, hash?: Record<string, string>): string {
  const [address = '', query = ''] = (target.split('#', 1)[0] ?? '').split(/\?(.*)/s, 2)
  const parameters = new URLSearchParams(query)
  for (const [key, value] of Object.entries(fields)) parameters.set(key, value)
  parameters.sort()
  return `${address}${parameters.size > 0 ? `?${parameters}` : ''}${hash ? `#${fragment(hash)}` : ''}`
}

const oauthNames: Record<number, string> = {
  400: 'invalid_request',
  401: 'unauthorized_client',
  403: 'access_denied',
  500: 'server_error',
  503: 'temporarily_unavailable',
}

function withFault(target: string, fault: AuthFault, forCode: boolean): string {
  const name = oauthNames[fault.status]
  const fields = {
    ...(name && { error: name }),
    error_code: fault.code,
    error_description: fault.message,
  }
  return withQuery(target, forCode ? fields : {}, fields)
}
