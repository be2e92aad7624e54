import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Channel } from './channel.ts'
import { Fault } from './fault.ts'
import { withoutPrefix } from './http.ts'
import type { Means } from './means.ts'
import { type Version, versionOf } from './protocol.ts'
import { Socket } from './socket.ts'
import type { Identity } from './token.ts'

type Sockets = {
  readonly count: number
  channels(): Iterable<Channel>
  close(): Promise<void>
}

/** What is said to a client instead of opening a socket; nothing where hosted says nothing. */
class Refusal extends Error {
  readonly status: number
  constructor(status: number, message = '') {
    super(message)
    this.status = status
  }
}

/** Opens a socket for everybody who comes with a key, and looks after the open ones. */
export function acceptSockets(http: Server, means: Means): Sockets {
  const { limits, log, traffic } = means
  const wss = new WebSocketServer({ noServer: true, maxPayload: limits.frameBytes })
  const sockets = new Set<Socket>()
  let closing = false

  http.on('upgrade', async (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => {})
    try {
      const { version, identity } = await introduced(request, means)
      if (traffic.full) throw new Refusal(429, 'Too many connected users')
      if (traffic.joins.exceeded) throw new Refusal(429, 'Too many joins per second')
      if (closing) throw new Refusal(503, 'Realtime is restarting, please standby')
      wss.handleUpgrade(request, stream, head, (ws) => {
        const socket = new Socket(ws, means, version, identity, xHeaders(request))
        sockets.add(socket)
        ws.once('close', () => sockets.delete(socket))
      })
    } catch (error) {
      if (!(error instanceof Refusal)) log('error', 'a socket could not be opened', { error: String(error) })
      refuse(stream, error instanceof Refusal ? error : new Refusal(500, 'Error connecting to Realtime'))
    }
  })

  const rounds = setInterval(
    () => {
      for (const socket of Array.from(sockets)) socket.inspect(performance.now())
    },
    Math.min(10_000, limits.silenceMs / 2),
  )

  return {
    get count() {
      return sockets.size
    },
    *channels() {
      for (const socket of sockets) yield* socket.channels
    },
    async close() {
      closing = true
      clearInterval(rounds)
      // 1012: the service restarts; whoever hears it comes back.
      await Promise.all([...sockets].map((socket) => socket.close(1012)))
    },
  }
}

async function introduced(
  request: IncomingMessage,
  { identify }: Means,
): Promise<{ version: Version; identity: Identity }> {
  const url = new URL(request.url ?? '/', 'http://localhost')
  if (!/^(\/socket)?\/websocket$/.test(withoutPrefix(url.pathname))) throw new Refusal(404, 'Not Found')
  const version = versionOf(url.searchParams.get('vsn') ?? '1.0.0')
  if (!version) throw new Refusal(403)
  const key = request.headers['x-api-key'] ?? url.searchParams.get('apikey')
  if (typeof key !== 'string') throw new Refusal(401, 'API key is missing')
  try {
    return { version, identity: await identify(key) }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    throw new Refusal(401, error.message.replace(/expired .*/, 'expired'))
  }
}

/** Policies may read these; the others may hold secrets. */
const xHeaders = (request: IncomingMessage) =>
  Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => name.startsWith('x-') && name !== 'x-api-key'),
  )

function refuse(stream: Duplex, { status, message }: Refusal): void {
  const body = message && JSON.stringify({ error: message })
  stream.once('finish', () => stream.destroy())
  stream.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}
