import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import type { Log } from '../../log.ts'

const againMs = 500

/** The publication whose tables may be listened to, as on hosted. */
export const publication = 'supabase_realtime'

const listed = `
  select format('%I.%I', schemaname, tablename)::regclass::oid as oid, schemaname as schema, tablename as name
  from pg_publication_tables where pubname = $1 order by oid`

/** The tables of the publication, as they were last looked at. */
export class Published {
  readonly #database: pg.Pool
  #tables = new Map<number, string>()

  constructor(database: pg.Pool) {
    this.#database = database
  }

  has(table: number): boolean {
    return this.#tables.has(table)
  }

  /** Looks again; true where something is otherwise than before. */
  async look(): Promise<boolean> {
    const { rows } = await this.#database.query<{ oid: number; schema: string; name: string }>(listed, [
      publication,
    ])
    const before = JSON.stringify([...this.#tables])
    this.#tables = new Map(rows.map(({ oid, schema, name }) => [oid, `${schema}.${name}`]))
    return JSON.stringify([...this.#tables]) !== before
  }
}

/**
 * Calls when the schema may have changed: the event triggers that tell the Data API so tell everybody. Calls also after
 * an interruption, in which a signal may have been lost.
 */
export function watchSchema(url: string, log: Log, changed: () => void): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const { signal } = stopping
  let client: pg.Client | undefined

  async function watch(): Promise<void> {
    client = new pg.Client({ connectionString: url, application_name: 'realtime_schema_watch' })
    const ended = new Promise((end) => client?.once('end', end))
    client.on('error', () => {})
    client.on('notification', changed)
    try {
      await client.connect()
      await client.query('listen pgrst')
      changed()
      await ended
    } catch (error) {
      if (!signal.aborted) log('warn', 'changes of the schema are not heard', { error: String(error) })
    } finally {
      await client.end().catch(() => {})
    }
  }

  async function watchForEver(): Promise<void> {
    while (!signal.aborted) {
      await watch()
      await wait(againMs, undefined, { signal }).catch(() => {})
    }
  }

  const over = watchForEver()
  return {
    async stop() {
      stopping.abort()
      await client?.end().catch(() => {})
      await over
    },
  }
}
