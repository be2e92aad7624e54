import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

const usable = /^[A-Za-z0-9_-]{8,64}$/

/**
 * Writes onto a request what every part behind may rely on: an id, the caller's own where it looks like one, and where
 * the connection came from and led to, whatever the caller claims. Returns the id.
 */
export function stamp(request: IncomingMessage): string {
  const given = request.headers['x-request-id']
  const id = typeof given === 'string' && usable.test(given) ? given : randomUUID()
  const address = addressOf(request)
  const { host = '' } = request.headers
  setHeaders(request, {
    'x-request-id': id,
    'sb-request-id': id,
    'x-forwarded-for': address,
    'x-real-ip': address,
    'x-forwarded-proto': 'http',
    'x-forwarded-host': host.replace(/:\d+$/, ''),
    'x-forwarded-port': String(request.socket.localPort ?? ''),
  })
  return id
}

const addressOf = (request: IncomingMessage) =>
  (request.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '')

/** Node keeps headers twice, and what reads them later picks either. */
export function setHeaders(request: IncomingMessage, headers: Record<string, string>): void {
  Object.assign(request.headers, headers)
  const kept: string[] = []
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    const [key, old] = [request.rawHeaders[at] ?? '', request.rawHeaders[at + 1] ?? '']
    if (!(key.toLowerCase() in headers)) kept.push(key, old)
  }
  request.rawHeaders = [...kept, ...Object.entries(headers).flat()]
}
