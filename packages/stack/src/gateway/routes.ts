import { Hono } from 'hono'
import type { Auth } from '../auth/api.ts'
import { AuthFault, answerFault } from '../auth/fault.ts'
import { callOf, calls } from '../data/call.ts'
import type { Rest } from '../data/rest.ts'
import type { Log } from '../log.ts'
import type { Storage } from '../storage/api.ts'
import { measure, readWhole, type WithBody, withBody } from './body.ts'
import type { Caller, Identified, Identify } from './caller.ts'
import { failed, notFound, refuseCaller, refuseRest } from './refusals.ts'

export type Services = { rest: Rest; auth: Auth; storage: Storage }

const mebibyte = 2 ** 20
const nobody: Caller = {
  role: 'anon',
  claims: { role: 'anon' },
  userId: null,
  sessionId: null,
  isSecret: false,
}

/** Where Auth answers without a key: links that people open, and whether it is well. */
const openAuth = /^\/auth\/v1\/(verify|callback|authorize|health|\.well-known\/.*)$/

/** The three APIs that are answered in this process, behind the check of key and token. */
export function routes(services: Services, identify: Identify, log: Log) {
  const identified = (request: Request) => identify(request.headers, new URL(request.url))
  const as = (caller: Caller, request: Request, prefix: string, answer: () => Promise<Response>) =>
    calls.run(callOf(request, caller, new URL(request.url).pathname.slice(prefix.length)), answer)

  return (
    new Hono<WithBody>()
      .use(async ({ req }, next) => {
        if (!isReadable(req.raw.url)) return failed(400, 'The address contains what cannot be read.')
        await next()
      })
      .all(
        '/rest/v1/*',
        measure(10 * mebibyte),
        readWhole(unreadableRest),
        async ({ req, var: { body } }) => {
          const found = await identified(req.raw)
          if (found.kind !== 'caller') return refuseCaller(found, 'rest')
          return as(found.caller, req.raw, '/rest/v1', () => services.rest.answer(req.raw, body))
        },
      )
      .all('/auth/v1/*', measure(mebibyte), readWhole(unreadableAuth), async ({ req, var: { body } }) => {
        const found = await identified(req.raw)
        const caller = callerOfAuth(found, req.path)
        if (!caller) return refuseCaller(found as Exclude<Identified, { kind: 'caller' }>, 'auth')
        return as(caller, req.raw, '/auth/v1', () => services.auth.fetch(withBody(req.raw, body)))
      })
      // Storage reads bodies as they come and measures them itself.
      .all('/storage/v1/*', ({ req }) => services.storage.fetch(req.raw))
      .all('*', notFound)
      .onError((error, { req }) => {
        log('error', 'a request failed', {
          path: req.path,
          request_id: req.header('x-request-id'),
          error: String(error),
        })
        return failed(500, 'Something went wrong here.')
      })
  )
}

const unreadableRest = () => refuseRest(400, 'PGRST102', 'The body is nested too deeply')
const unreadableAuth = (request: Request) =>
  answerFault(request, new AuthFault(400, 'bad_json', 'Could not parse request body as JSON'))

/** A token that does not hold is Auth's own to refuse: most of its routes do not look at it. */
function callerOfAuth(found: Identified, path: string): Caller | undefined {
  if (found.kind === 'caller') return found.caller
  if (found.kind === 'bad_token' || openAuth.test(path)) return nobody
  return undefined
}

/** Escapes that are no text, and the one character Postgres has no place for. */
function isReadable(url: string): boolean {
  try {
    return !decodeURIComponent(url).includes('\0')
  } catch {
    return false
  }
}
