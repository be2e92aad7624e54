import { constants } from 'node:fs'
import { access, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Config } from '../config.ts'
import { startPostgres } from '../postgres.ts'
import { prepare } from '../prepare.ts'
import type { Project } from '../project.ts'
import { makeBuckets } from '../storage/buckets/of-project.ts'
import { migrate, seed } from './migrate.ts'
import type { PartState } from './part.ts'

export type Database = {
  state(): PartState
  start(): Promise<void>
  stop(): Promise<void>
  /** Throws everything away that people put in. */
  erase(): Promise<void>
}

type Options = {
  demo: boolean
  durable: boolean
  log: (line: string) => void
  changed: (line?: string) => void
}

/** Postgres, and in it what Supabase, the migrations and the demo world put there. */
export function keepDatabase(config: Config, project: Project, options: Options): Database {
  const dir = join(config.dir, 'postgres')
  let running: Awaited<ReturnType<typeof startPostgres>> | undefined
  let state: PartState['state'] = 'stopped'
  let restarts = 0
  let wanted = false
  let restarting = Promise.resolve()
  let pause = new AbortController()

  const become = (next: PartState['state'], line?: string) => {
    state = next
    options.changed(line)
  }

  async function launch(): Promise<void> {
    become('starting')
    const { durable, log } = options
    const mine = await startPostgres({ dir, port: config.ports.database, durable, log })
    running = mine
    void mine.exited.then((why) => {
      if (wanted && running === mine) restarting = restart(why)
    })
  }

  async function restart(why: string): Promise<void> {
    for (let wait = 500; wanted; wait = Math.min(wait * 2, 30_000)) {
      become('waiting', `postgres ended (${why}); it is started again in ${wait / 1000} s`)
      await setTimeout(wait, undefined, { signal: pause.signal }).catch(() => {})
      if (!wanted) return
      restarts += 1
      const up = await launch().then(
        () => true,
        () => false,
      )
      if (up) return wanted ? become('ready') : undefined
    }
  }

  return {
    state: () => ({ state, restarts, ...(running ? { pid: running.pid } : {}) }),
    async start() {
      await launch()
      wanted = true
      pause = new AbortController()
      await prepare(config.urls.databaseAdmin)
      const applied = await migrate(config.urls.database)
      if (applied.length > 0) options.changed(`applied ${applied.length} migrations`)
      if (options.demo && (await seed(config.urls.database))) options.changed('made the demo world')
      await makeBuckets(config.databaseAs('supabase_storage_admin'), project)
      become('ready')
    },
    async stop() {
      wanted = false
      pause.abort()
      // One that is coming up again is not to be left behind.
      await restarting
      await running?.stop()
      become('stopped')
    },
    erase: () => eraseData(config),
  }
}

/** Removes the database and the stored files of a stack that does not run. */
export async function eraseData({ dir }: Pick<Config, 'dir'>): Promise<void> {
  for (const part of ['postgres', 'storage']) await rm(join(dir, part), { recursive: true, force: true })
}

/** Makes the stack's folder, or says why it cannot be used. */
export async function makeFolder(dir: string): Promise<void> {
  try {
    await rm(join(dir, 'logs'), { recursive: true, force: true })
    await mkdir(join(dir, 'logs'), { recursive: true })
    await access(dir, constants.W_OK | constants.X_OK)
  } catch (cause) {
    throw new Error(
      `The folder ${dir} cannot be written to (${(cause as NodeJS.ErrnoException).code}). ` +
        'Give it to this user, or choose another with STACK_DIR.',
      { cause },
    )
  }
}
