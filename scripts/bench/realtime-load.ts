import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** What the process of clients is told: each opens `url`, says `join`, and is ready when it hears `joined`. */
export type Order = { url: string; count: number; join: string; joined: string }

/** Message `n` has reached the first and the last client, in milliseconds of the system's monotonic clock. */
export type Reached = { n: number; first: number; last: number }

export type Load = {
  /** Resolves when message `n` has reached everybody. */
  reached(n: number): Promise<Reached>
  stop(): Promise<void>
}

const patienceMs = 15_000

export const now = () => Number(process.hrtime.bigint()) / 1e6

const clients = fileURLToPath(new URL('realtime-clients.ts', import.meta.url))

/** Resolves when all clients have joined. */
export function startLoad(order: Order): Promise<Load> {
  const child = fork(clients, [JSON.stringify(order)])
  const waiting = new Map<number, PromiseWithResolvers<Reached>>()
  const waitFor = (n: number) => {
    const known = waiting.get(n) ?? Promise.withResolvers<Reached>()
    waiting.set(n, known)
    return known
  }
  const exited = new Promise<void>((gone) => child.once('exit', () => gone()))
  const load: Load = {
    reached(n) {
      const { promise, reject } = waitFor(n)
      const lost = setTimeout(() => reject(new Error(`message ${n} has not reached everybody`)), patienceMs)
      return promise.finally(() => {
        clearTimeout(lost)
        waiting.delete(n)
      })
    },
    async stop() {
      child.kill()
      await exited
    },
  }
  return new Promise((ready, failed) => {
    void exited.then(() => failed(new Error('the clients ended')))
    child.on('message', (message: Reached | 'ready') => {
      if (message === 'ready') ready(load)
      else waitFor(message.n).resolve(message)
    })
  })
}
