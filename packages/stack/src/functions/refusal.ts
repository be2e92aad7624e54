import type { ServerResponse } from 'node:http'
import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'

/** An answer that the platform gives instead of a function: https://supabase.com/docs/guides/functions/error-codes */
export type Refusal = { status: number; code: string; message: string }

export const refusals = {
  notFound: { status: 404, code: 'NOT_FOUND', message: 'Requested function was not found' },
  notLoaded: {
    status: 503,
    code: 'BOOT_ERROR',
    message: 'Function failed to start (please check logs)',
  },
  fault: {
    status: 500,
    code: 'WORKER_ERROR',
    message: 'Function exited due to an error (please check logs)',
  },
  limit: {
    status: 546,
    code: 'WORKER_RESOURCE_LIMIT',
    message: 'Function failed due to not having enough compute resources (please check logs)',
  },
} satisfies Record<string, Refusal>

export const idleRefusal = (idleMs: number): Refusal => ({
  status: 504,
  code: 'IDLE_TIMEOUT',
  message: `Request idle timeout limit (${idleMs / 1000}s) reached`,
})

export const unauthorized = (code: string, message: string): Refusal => ({
  status: 401,
  code: `UNAUTHORIZED_${code}`,
  message,
})

const headersOf = (code: string) => ({
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'authorization, x-client-info, apikey, content-type',
  'access-control-expose-headers': 'sb-error-code',
  'content-type': 'application/json',
  'sb-error-code': code,
})

const bodyOf = ({ code, message }: Refusal) => JSON.stringify({ code, message })

/** Says no; an answer that began already is broken off instead, so that nobody takes it for a whole one. */
export function refuse(response: ServerResponse, refusal: Refusal): void {
  if (response.destroyed) return
  if (response.headersSent) return void response.destroy()
  response.writeHead(refusal.status, headersOf(refusal.code))
  response.end(bodyOf(refusal))
}

/** The same to somebody who wanted a WebSocket. */
export function refuseUpgrade(socket: Duplex, refusal: Refusal): void {
  const body = bodyOf(refusal)
  const lines = [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? 'Refused'}`,
    ...Object.entries(headersOf(refusal.code)).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`)
}
