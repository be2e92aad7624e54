import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Keys } from '../keys.ts'

/**
 * The database's own API runs any statement as its owner. It takes the secret key alone, and nothing from a page: the
 * local keys are known to everybody, and any page could otherwise reach for the developer's database.
 */
export function allowMeta(keys: Keys, request: IncomingMessage, response: ServerResponse): boolean {
  const { apikey, authorization, origin } = request.headers
  const key = typeof apikey === 'string' ? apikey : /^Bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1]
  if (origin === undefined && (key === keys.secret || key === keys.serviceRole)) return true
  response.writeHead(401, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ message: 'Only the secret key opens this, and not from a page.' }))
  return false
}
