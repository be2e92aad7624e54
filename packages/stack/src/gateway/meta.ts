import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Keys } from '../keys.ts'

/** The names this machine has for itself. A page that gave its own name our address still calls us by its name. */
const ours = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/
export const isOurs = (host = '') => ours.test(host)

/**
 * The database's own API runs any statement as its owner. It takes the secret key alone, and nothing from a page: the
 * local keys are known to everybody, and any page could otherwise reach for the developer's database.
 */
export function allowMeta(keys: Keys, request: IncomingMessage, response: ServerResponse): boolean {
  const { apikey, authorization, origin, host } = request.headers
  const key = typeof apikey === 'string' ? apikey : /^Bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1]
  const isSecret = key === keys.secret || key === keys.serviceRole
  if (isSecret && origin === undefined && isOurs(host)) return true
  response.writeHead(401, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ message: 'Only the secret key opens this, and not from a page.' }))
  return false
}
