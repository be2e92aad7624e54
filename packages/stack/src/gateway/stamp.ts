import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

const usable = /^[A-Za-z0-9_-]{8,64}$/

/**
 * Writes onto a request what every part behind may rely on: an id, the caller's own where it looks like one, and the
 * address the connection came from, whatever the caller claims. Returns the id.
 */
export function stamp(request: IncomingMessage): string {
  const given = request.headers['x-request-id']
  const id = typeof given === 'string' && usable.test(given) ? given : randomUUID()
  setHeader(request, 'x-request-id', id)
  setHeader(request, 'x-forwarded-for', addressOf(request))
  return id
}

const addressOf = (request: IncomingMessage) =>
  (request.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '')

/** Node keeps headers twice, and what reads them later picks either. */
function setHeader(request: IncomingMessage, name: string, value: string): void {
  request.headers[name] = value
  const kept: string[] = []
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    const [key, old] = [request.rawHeaders[at] ?? '', request.rawHeaders[at + 1] ?? '']
    if (key.toLowerCase() !== name) kept.push(key, old)
  }
  request.rawHeaders = [...kept, name, value]
}
