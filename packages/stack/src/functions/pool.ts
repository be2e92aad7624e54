import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Deployed } from './catalogue.ts'
import type { Limits } from './limits.ts'
import type { Voices } from './relay.ts'
import { startWorker, type Worker } from './worker.ts'

export type Pool = {
  /** The worker for the next call to a function: the one that runs, or a new one. */
  take(name: string, setup: Deployed): Worker
  /** Source or settings have changed: the next calls get new workers, those under way are finished. */
  renew(): void
  close(): Promise<void>
}

type Options = {
  /** Where the sockets are. Only this user may enter: that keeps verify_jwt from being walked around. */
  folder: string
  /** For one of a function's workers, by its number and its id. */
  envOf: (name: string, version: number, id: string) => NodeJS.ProcessEnv
  limits: Limits
  voices: Voices
}

export function startPool({ folder, envOf, limits, voices }: Options): Pool {
  const current = new Map<string, Worker>()
  const living = new Set<Worker>()
  let version = 1
  let started = 0

  return {
    take(name, setup) {
      const running = current.get(name)
      if (running && !running.isRetired()) return running
      started += 1
      const id = randomUUID()
      const worker = startWorker({
        name,
        setup,
        id,
        socket: join(folder, `${started}.sock`),
        env: envOf(name, version, id),
        limits,
        voices,
      })
      current.set(name, worker)
      living.add(worker)
      void worker.exited.then(() => living.delete(worker))
      return worker
    },
    renew() {
      version += 1
      for (const worker of current.values()) worker.retire()
      current.clear()
    },
    async close() {
      for (const worker of living) worker.stop()
      await Promise.all([...living].map(({ exited }) => exited))
    },
  }
}
