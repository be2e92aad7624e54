import { Agent, request as connect, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect as connectSocket } from 'node:net'
import type { Duplex } from 'node:stream'
import { corsHeaders } from './cors.ts'
import { onwardHeaders } from './hop.ts'

// Connections are kept: the parts behind read every body to its end (unread.ts), and Node heeds how long they wait.
const agent = new Agent({ keepAlive: true, maxSockets: 256 })

export type Target = {
  port: number
  path: string
  patienceMs: number
  cors: boolean
  /** What the refusal says beside, where the part does not answer. */
  unreached?: Record<string, string>
}

/** Hands a request to another part on this machine and its answer back, without holding either in memory. */
export function proxy(request: IncomingMessage, response: ServerResponse, target: Target): void {
  const { port, path, patienceMs, unreached } = target
  const headers = { ...onwardHeaders(request.headers), host: `127.0.0.1:${port}` }
  const onward = connect({ host: '127.0.0.1', port, path, method: request.method, headers, agent })
  onward.setTimeout(patienceMs, () => {
    refuse(response, 504, 'The part that answers this took too long.', unreached)
    onward.destroy()
  })
  onward.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, {
      ...onwardHeaders(answer.headers),
      ...(target.cors ? corsHeaders : {}),
    })
    answer.pipe(response)
    answer.on('error', () => response.destroy())
  })
  onward.on('error', () => refuse(response, 503, notUp, unreached))
  response.on('close', () => onward.destroy())
  request.pipe(onward)
}

const notUp = 'The part that answers this is not up. It is being started again.'

function refuse(
  response: ServerResponse,
  status: number,
  message: string,
  more: Record<string, string> = {},
): void {
  if (response.headersSent || response.destroyed) return void response.destroy()
  const headers = { ...corsHeaders, 'content-type': 'application/json', 'retry-after': '1', ...more }
  response.writeHead(status, headers)
  response.end(JSON.stringify({ code: status, message }))
}

/** Hands over a WebSocket: the opening request as it came, then bytes both ways. */
export function proxyUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, port: number): void {
  const onward = connectSocket(port, '127.0.0.1', () => {
    const lines = [`${request.method} ${request.url} HTTP/1.1`]
    for (let at = 0; at < request.rawHeaders.length; at += 2) {
      lines.push(`${request.rawHeaders[at]}: ${request.rawHeaders[at + 1]}`)
    }
    onward.write(`${lines.join('\r\n')}\r\n\r\n`)
    onward.write(head)
    onward.pipe(socket).pipe(onward)
  })
  const end = () => {
    onward.destroy()
    socket.destroy()
  }
  onward.once('error', () => {
    if (onward.connecting || onward.bytesRead === 0)
      socket.end('HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\n\r\n')
    onward.destroy()
  })
  onward.once('close', end)
  socket.once('error', end)
  socket.once('close', end)
}
