import { availableParallelism } from 'node:os'
import pg from 'pg'
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import type { Project } from '../project.ts'
import { calls } from './call.ts'
import { connect } from './database.ts'
import { answer } from './engine.ts'
import { learn } from './knowledge.ts'

export type Rest = {
  /** `body` is what came with the request, which is not read again. */
  answer: (request: Request, body: Uint8Array) => Promise<Response>
  close(): Promise<void>
}

/**
 * How many transactions all processes together have under way at most. What writes may wait for a lock. What only reads
 * waits for nobody: more at once than the cores can serve push each other out of their caches, so there are as many as
 * https://wiki.postgresql.org/wiki/Number_Of_Database_Connections gives.
 */
const most = { writing: 40, reading: Math.min(2 * availableParallelism() + 1, 40) }

/**
 * The Data API: PostgREST's protocol, as role `authenticator`. It follows the schema: whoever runs a migration notifies
 * channel `pgrst`, and requests that come after are answered from a fresh look at the catalogue.
 */
export async function startRest(config: Config, project: Project, log: Log): Promise<Rest> {
  // Listening comes first: what changes while the catalogue is read must not go unheard.
  let missed = false
  let heard = () => {
    missed = true
  }
  const listener = await listen(config.databaseAs('authenticator'), () => heard(), log)
  const share = (all: number) => Math.ceil(all / config.apiProcesses)
  const database = connect(config.databaseAs('authenticator'), {
    writing: share(most.writing),
    reading: share(most.reading),
  })
  let knowledge = await learn(config, project)

  const reload = async () => {
    try {
      knowledge = await learn(config, project)
    } catch (error) {
      log('error', 'the schema could not be read anew', { error: String(error) })
    }
  }
  heard = gathered(reload)
  if (missed) heard()

  return {
    answer(request, body) {
      const call = calls.getStore()
      if (!call) throw new Error('A request reached the Data API past the gateway.')
      return answer(request, body, call, knowledge, database)
    },
    async close() {
      await listener.close()
      await database.close()
    },
  }
}

/** One run for a burst of calls, and none beside another: a migration notifies once a statement. */
function gathered(run: () => Promise<void>): () => void {
  let waiting: NodeJS.Timeout | undefined
  let running = Promise.resolve()
  return () => {
    clearTimeout(waiting)
    waiting = setTimeout(() => {
      running = running.then(run)
    }, 100)
  }
}

/** Calls back for each notification on `pgrst`, and once after each time it had to connect again. */
async function listen(url: string, changed: () => void, log: Log): Promise<{ close(): Promise<void> }> {
  let client: pg.Client | undefined
  let closed = false

  const connect = async () => {
    const fresh = new pg.Client({ connectionString: url, keepAlive: true })
    fresh.on('error', (error) => log('warn', 'lost the schema listener', { error: error.message }))
    fresh.on('notification', changed)
    try {
      await fresh.connect()
      await fresh.query('listen pgrst')
    } catch (error) {
      await fresh.end().catch(() => {})
      throw error
    }
    // Only now: a connection that never came about ends as well, and whoever asked for it asks again.
    fresh.once('end', () => void retry())
    client = fresh
  }
  const retry = async () => {
    while (!closed) {
      await new Promise((tick) => setTimeout(tick, 1000))
      try {
        await connect()
        return changed()
      } catch {
        // Postgres is restarting; the supervisor says so.
      }
    }
  }
  await connect()
  return {
    async close() {
      closed = true
      await client?.end()
    },
  }
}
