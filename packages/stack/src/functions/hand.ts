import {
  Agent,
  type ClientRequest,
  request as connect,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import { buffer } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { corsHeaders } from '../gateway/cors.ts'
import { onwardHeaders } from '../gateway/hop.ts'

type Target = {
  socket: string
  path: string
  patience: number
  /** Told where the process behind keeps itself busy. */
  stuck: () => void
  /** Resolves when the process behind has ended. */
  exited: Promise<void>
}

/**
 * A connection for each request, which we close. Deno closes one whose body a function left unread, so that it can't be
 * used again; and told to close it, would do so before we have written all, which costs us the answer.
 */
const agent = new Agent({ keepAlive: false })

/** How long a process may take to end whose connections were lost. */
const lastMoments = 500

/** Hands a request to a function's process and its answer back. */
export function hand(request: IncomingMessage, response: ServerResponse, target: Target): void {
  const { socket: socketPath, path, patience, stuck, exited } = target
  const headers = { ...onwardHeaders(request.headers), connection: 'keep-alive' }
  const onward = connect({ socketPath, path, method: request.method, headers, agent })
  const tooLong = setTimeout(() => {
    refuse(response, 504, 'IDLE_TIMEOUT', 'The function did not answer in time')
    stuck()
  }, patience)
  let answered = false
  onward.on('response', (answer) => {
    answered = true
    clearTimeout(tooLong)
    response.writeHead(answer.statusCode ?? 502, onwardHeaders(answer.headers))
    answer.pipe(response)
    answer.on('error', () => response.destroy())
  })
  onward.on('error', async () => {
    // What is lost of an answer that began, the answer says itself; a body may go unread without harm.
    if (answered || response.destroyed || response.writableEnded) return
    clearTimeout(tooLong)
    // Whoever is told of the end and calls again is to find another process.
    await Promise.race([exited, wait(lastMoments)])
    refuse(response, 502, 'WORKER_ERROR', 'Function exited due to an error (please check logs)')
  })
  response.on('close', () => {
    clearTimeout(tooLong)
    onward.destroy()
  })
  send(request, onward)
}

/** Well below what the system takes for a socket in one piece. */
const onePiece = 65_536

/**
 * A short body goes out in one piece with its headers. A function that does not look at it may have answered and closed
 * before a second piece is written, and the failure to write that would cost us the answer.
 */
function send(request: IncomingMessage, onward: ClientRequest): void {
  const { 'transfer-encoding': chunked, 'content-length': length = '0' } = request.headers
  if (chunked || Number(length) > onePiece) return void request.pipe(onward)
  buffer(request).then(
    (body) => onward.end(body),
    () => onward.destroy(),
  )
}

export function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  if (response.destroyed) return
  if (response.headersSent) return void response.destroy()
  response.writeHead(status, { ...corsHeaders, 'content-type': 'application/json', 'sb-error-code': code })
  response.end(JSON.stringify({ code, message }))
}
