import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startPostgres } from '../src/postgres.ts'
import { prepare } from '../src/prepare.ts'
import { isTaken } from '../src/supervisor/port-owner.ts'

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

// Below the ports that systems give to outgoing connections, and above those of whole stacks (freeBlock).
const [lowest, highest] = [31_100, 32_700]

/** A port that nobody uses at this moment. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest))
    if (!(await isTaken(port))) return port
  }
}
