import pg from 'pg'
import { literal } from './sql-text.ts'

export type Setting = [name: string, value: string]

/** What a transaction is opened with. */
export type Opening = {
  readOnly: boolean
  isolation: string | undefined
  settings: Setting[]
  /** A statement to run before all others. */
  before: string | undefined
}

export type Run = <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<Row[]>

export type Database = {
  /** `work` in a transaction: it lasts, unless it throws. */
  transaction<T>(opening: Opening, work: (run: Run) => Promise<T>): Promise<T>
  close(): Promise<void>
}

const mostPrepared = 500
/** PostgREST's db-pool-acquisition-timeout. */
const patienceMs = 10_000

export function connect(url: string, connections: number): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: patienceMs,
    keepAlive: true,
    application_name: 'data api',
    // What opens a transaction leaves together with its first statement.
    pipeline: true,
    types: { getTypeParser },
  } as pg.PoolConfig)
  // A connection that ends while nobody uses it is no longer in the pool, and no more than that.
  pool.on('error', () => {})
  const nameFor = names()
  return {
    async transaction(opening, work) {
      const client = await pool.connect()
      let lost: Error | undefined
      const onError = (error: Error) => {
        lost = error
      }
      client.on('error', onError)
      try {
        return await within(client, opening, work, nameFor)
      } catch (error) {
        if (isLoss(error)) lost = error
        throw error
      } finally {
        client.off('error', onError)
        client.release(lost)
      }
    },
    close: () => pool.end(),
  }
}

/** Postgres is going, or the connection is gone: nothing more is to be said on it. */
const isLoss = (error: unknown): error is Error =>
  error instanceof pg.DatabaseError
    ? (error.code ?? '').startsWith('57P')
    : error instanceof Error &&
      /terminated|ECONN|EPIPE|not queryable/.test(`${Reflect.get(error, 'code')} ${error.message}`)

async function within<T>(
  client: pg.PoolClient,
  opening: Opening,
  work: (run: Run) => Promise<T>,
  nameFor: (text: string) => string | undefined,
): Promise<T> {
  const opened = client.query(openingText(opening))
  // It is awaited later; until then nobody is to take its failure for one that was forgotten.
  opened.catch(() => {})
  const run: Run = async (text, values = []) => {
    const name = nameFor(text)
    const { rows } = await client.query({ text, values, ...(name && { name }) })
    return rows
  }
  try {
    const result = await work(run)
    await opened
    await client.query('commit')
    return result
  } catch (error) {
    if (!isLoss(error)) await client.query('rollback')
    // Where the opening failed, what came after could only fail because of it.
    await opened
    throw error
  }
}

function openingText({ readOnly, isolation, settings, before }: Opening): string {
  const mode = `${isolation ? ` isolation level ${isolation}` : ''}${readOnly ? ' read only' : ''}`
  const calls = settings.map(([name, value]) => `set_config(${literal(name)}, ${literal(value)}, true)`)
  return [`begin${mode}`, `select ${calls.join(', ')}`, ...(before ? [before] : [])].join('; ')
}

/** A statement that comes again is kept by Postgres, as far as there are not too many: each costs memory there. */
function names(): (text: string) => string | undefined {
  const known = new Map<string, string>()
  return (text) => {
    const name = known.get(text)
    if (name) return name
    if (known.size < mostPrepared) known.set(text, `data_${known.size}`)
    return undefined
  }
}

/** Answers are written by Postgres, as text; only what is bytes is read as bytes. */
const bytea = 17
const getTypeParser = (oid: number, format?: string) =>
  oid === bytea || format === 'binary' ? pg.types.getTypeParser(oid) : (text: string) => text
