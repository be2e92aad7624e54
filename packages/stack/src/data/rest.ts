import { App } from '@supabase/lite'
import pg from 'pg'
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import type { Project } from '../project.ts'
import { readCatalogue } from './connection.ts'
import { trustGateway } from './identity.ts'
import { writtenJson } from './json.ts'
import { RestConnection } from './rest-connection.ts'

export type Rest = {
  fetch: (request: Request) => Promise<Response>
  close(): Promise<void>
}

/** How long the answers under way may take before an outdated set of connections is closed under them. */
const drainSeconds = 30

/**
 * The Data API: PostgREST's protocol, as role `authenticator`. It follows the schema: whoever runs a migration notifies
 * channel `pgrst`, and requests that come after are answered from a fresh look at the catalogue.
 */
export async function startRest(config: Config, project: Project, log: Log): Promise<Rest> {
  let current = await open(config, project)

  const reload = async () => {
    const outdated = current
    try {
      current = await open(config, project)
    } catch (error) {
      log('error', 'the schema could not be read anew', { error: String(error) })
      return
    }
    await outdated.connection.driver.end({ timeout: drainSeconds })
  }
  const listener = await listen(config.databaseAs('authenticator'), gathered(reload), log)

  return {
    fetch: (request) => current.app.fetch(request),
    async close() {
      await listener.close()
      await current.connection.driver.end({ timeout: 1 })
    },
  }
}

async function open(config: Config, { api }: Project) {
  const catalogue = await readCatalogue(config.urls.databaseAdmin)
  const postgresOptions = {
    max: 20,
    onnotice: () => {},
    types: writtenJson,
    connection: { search_path: api.extra_search_path.join(','), application_name: 'data api' },
  }
  const connection = new RestConnection(
    { url: config.databaseAs('authenticator'), postgresOptions },
    catalogue,
  )
  const app = new App({
    connection,
    api: { enabled: true, schemas: api.schemas, max_rows: api.max_rows },
    auth: { enabled: false },
    storage: { enabled: false },
    options: { server: trustGateway },
  })
  await app.init()
  return { app, connection }
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
    fresh.once('end', () => void retry())
    fresh.on('notification', changed)
    await fresh.connect()
    await fresh.query('listen pgrst')
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
