import { request as connect, type IncomingMessage, type ServerResponse } from 'node:http'
import { corsHeaders } from '../gateway/cors.ts'

type Target = {
  socket: string
  path: string
  patience: number
  /** Told where the process behind is of no more use. */
  broken: () => void
}

/** Hands a request to a function's process and its answer back. */
export function hand(request: IncomingMessage, response: ServerResponse, target: Target): void {
  const { socket: socketPath, path, patience, broken } = target
  const onward = connect({ socketPath, path, method: request.method, headers: request.headers })
  const tooLong = setTimeout(() => {
    refuse(response, 504, 'IDLE_TIMEOUT', 'The function did not answer in time')
    broken()
  }, patience)
  onward.on('response', (answer) => {
    clearTimeout(tooLong)
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
    answer.on('error', () => response.destroy())
  })
  onward.on('error', () => {
    if (response.destroyed || response.writableEnded) return
    broken()
    refuse(response, 502, 'WORKER_ERROR', 'Function exited due to an error (please check logs)')
  })
  response.on('close', () => {
    clearTimeout(tooLong)
    onward.destroy()
  })
  request.pipe(onward)
}

export function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  if (response.destroyed) return
  if (response.headersSent) return void response.destroy()
  response.writeHead(status, { ...corsHeaders, 'content-type': 'application/json', 'sb-error-code': code })
  response.end(JSON.stringify({ code, message }))
}
