import type { IncomingMessage, ServerResponse } from 'node:http'

const methods = 'GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS,TRACE,CONNECT'
// Auth's client reads error codes only where the version of the API is told; tus reads where an upload stands.
const exposed = [
  'Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Location, Server, Transfer-Encoding',
  'Range-Unit, Preference-Applied, X-Total-Count, Link, Retry-After, ETag',
  'X-Request-Id, Sb-Request-Id, Sb-Error-Code, X-Sb-Error-Code, X-Supabase-Api-Version, X-Relay-Error',
  'Tus-Version, Tus-Resumable, Tus-Max-Size, Tus-Extension, Upload-Offset, Upload-Length, Upload-Metadata',
  'Upload-Expires, Upload-Defer-Length, Upload-Concat',
].join(', ')
const anHour = '3600'

/** Any page may call: what guards the API is the key and the token, which a page of another origin does not have. */
export const corsHeaders: Record<string, string> = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': exposed,
}

/** A browser that asks before it calls, as opposed to somebody who sends OPTIONS. */
export const isPreflight = ({ method, headers }: IncomingMessage) =>
  method === 'OPTIONS' &&
  headers.origin !== undefined &&
  headers['access-control-request-method'] !== undefined

/** Answers it: every method, every header. */
export function answerPreflight(request: IncomingMessage, response: ServerResponse): void {
  const wanted = request.headers['access-control-request-headers']
  response.writeHead(200, {
    ...corsHeaders,
    'access-control-allow-methods': methods,
    'access-control-allow-headers':
      wanted ?? 'authorization, apikey, content-type, x-client-info, x-request-id',
    'access-control-max-age': anHour,
    'content-length': '0',
    vary: 'access-control-request-headers',
  })
  response.end()
}
