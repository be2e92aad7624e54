import { Agent, request as connect, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { onwardHeaders } from '../gateway/hop.ts'
import { idleRefusal, type Refusal, refusals, refuse } from './refusal.ts'
import type { Worker } from './worker.ts'

/**
 * A connection for each request, which we close. Deno closes one whose body a function left unread, so that it can't be
 * used again; and told to close it, would do so before we have written all, which costs us the answer.
 */
const agent = new Agent({ keepAlive: false })

/** A call that a worker was chosen for; `path` begins with the function's name, `leave` is called at its end. */
export type Call = { worker: Worker; path: string; leave: () => void }

/** Hands a request to a function's worker and its answer back, neither held in memory. */
export function hand(
  request: IncomingMessage,
  response: ServerResponse,
  { worker, path, leave }: Call,
  idleMs: number,
): void {
  // Whoever went while the worker was started is not told any more, and will not be heard to go again.
  if (response.destroyed) {
    leave()
    return
  }
  const headers = { ...onwardHeaders(request.headers), connection: 'keep-alive' }
  const onward = connect({ socketPath: worker.socket, path, method: request.method, headers, agent })
  // Counts what comes from the function alone: a caller may take long to send a body, and be right.
  const idle = setTimeout(() => {
    refuse(response, idleRefusal(idleMs))
    onward.destroy()
  }, idleMs)
  let answered = false
  onward.on('response', (answer) => {
    answered = true
    idle.refresh()
    const status = answer.statusCode ?? 502
    response.writeHead(status, {
      ...onwardHeaders(answer.headers),
      ...(status >= 500 && { 'sb-error-code': 'EDGE_FUNCTION_ERROR' }),
      'x-deno-execution-id': worker.id,
      'x-served-by': 'supabase-edge-runtime',
    })
    response.flushHeaders()
    answer.on('data', () => idle.refresh())
    answer.pipe(response)
    answer.on('error', () => response.destroy())
  })
  onward.on('error', async () => {
    // What is lost of an answer that began, the answer says itself; a body may go unread without harm.
    if (answered || response.destroyed || response.writableEnded) return
    refuse(response, await refusalOf(worker))
  })
  response.once('close', () => {
    clearTimeout(idle)
    onward.destroy()
    leave()
  })
  request.on('error', () => onward.destroy())
  request.pipe(onward)
}

/** How long a process may take to end whose connections were lost. */
const lastMomentsMs = 1_000

/** Why a worker lost a call. Whoever is told of its end and calls again is to find another. */
export async function refusalOf(worker: Worker): Promise<Refusal> {
  const ending = await Promise.race([worker.exited, wait(lastMomentsMs, undefined, { ref: false })])
  if (ending === 'limit' || ending === 'notLoaded') return refusals[ending]
  return refusals.fault
}
