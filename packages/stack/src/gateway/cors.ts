import type { IncomingMessage, ServerResponse } from 'node:http'

const methods = 'GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS'
// Auth's client reads error codes only where the version of the API is told.
const exposed = [
  'Content-Range, Content-Location, Preference-Applied, X-Request-Id, X-Total-Count, Link, Retry-After',
  'X-Supabase-Api-Version',
].join(', ')
const aDay = '86400'

/** Any page may call: what guards the API is the key and the token, which a page of another origin does not have. */
export const corsHeaders: Record<string, string> = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': exposed,
}

/** Answers a browser that asks before it calls: every method, every header. */
export function answerPreflight(request: IncomingMessage, response: ServerResponse): void {
  const wanted = request.headers['access-control-request-headers']
  response.writeHead(204, {
    ...corsHeaders,
    'access-control-allow-methods': methods,
    'access-control-allow-headers':
      wanted ?? 'authorization, apikey, content-type, x-client-info, x-request-id',
    'access-control-max-age': aDay,
    vary: 'access-control-request-headers',
  })
  response.end()
}
