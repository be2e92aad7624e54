import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startPostgres } from '../src/postgres.ts'
import { prepare } from '../src/prepare.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** `supabase_admin` on database `postgres` of a cluster that lives as long as the test run. */
    adminUrl: string
  }
}

/** A Postgres on a free port, prepared as Supabase prepares it; its folder goes with it. */
export async function throwAwayPostgres(): Promise<{ adminUrl: string; stop(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'p2p-postgres-'))
  // Where the stack runs as root, Postgres is another user and must be able to pass.
  await chmod(dir, 0o711)
  const postgres = await startPostgres({ dir, port: await freePort(), durable: false })
  await prepare(postgres.adminUrl)
  return {
    adminUrl: postgres.adminUrl,
    async stop() {
      await postgres.stop()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** Vitest global setup: one Postgres for the run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await throwAwayPostgres()
  project.provide('adminUrl', postgres.adminUrl)
  return () => postgres.stop()
}

export function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const server = createServer()
    server.once('error', failed)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => found(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
