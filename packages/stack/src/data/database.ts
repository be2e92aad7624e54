import pg from 'pg'

export type Setting = [name: string, value: string]

/** What a transaction is opened with. */
export type Opening = {
  readOnly: boolean
  isolation: string | undefined
  settings: Setting[]
  /** A statement to run before all others. */
  before: string | undefined
}

/** With the last statement of a transaction that is to last whatever it gives, the end leaves as well. */
export type Run = <Row extends pg.QueryResultRow>(
  text: string,
  values?: unknown[],
  isLast?: boolean,
) => Promise<Row[]>

export type Database = {
  /** `work` in a transaction: it lasts, unless it throws. */
  transaction<T>(opening: Opening, work: (run: Run) => Promise<T>): Promise<T>
  close(): Promise<void>
}

const mostPrepared = 500
/** How many other texts a statement may be away for and still count as one that comes again. */
const mostSeen = 500
/** PostgREST's db-pool-acquisition-timeout. */
const patienceMs = 10_000

/** `most` is how many transactions that only read, and how many others, are under way at once. */
export function connect(url: string, most: { reading: number; writing: number }): Database {
  const pools = { reading: poolOf(url, most.reading), writing: poolOf(url, most.writing) }
  const nameFor = names()
  return {
    async transaction(opening, work) {
      const client = await pools[opening.readOnly ? 'reading' : 'writing'].connect()
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
    async close() {
      await Promise.all([pools.reading.end(), pools.writing.end()])
    },
  }
}

function poolOf(url: string, max: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: patienceMs,
    keepAlive: true,
    application_name: 'data api',
    // What opens a transaction leaves together with its first statement.
    pipeline: true,
    types: { getTypeParser },
  } as pg.PoolConfig)
  // A connection that ends while nobody uses it is no longer in the pool, and no more than that.
  pool.on('error', () => {})
  return pool
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
  const opened = open(client, opening, nameFor)
  // It is awaited later; until then nobody is to take its failure for one that was forgotten.
  opened.catch(() => {})
  let ended: Promise<unknown> | undefined
  const end = (how: 'commit' | 'rollback') => {
    ended ??= client.query(how)
    return ended
  }
  const run: Run = async (text, values = [], isLast = false) => {
    const name = nameFor(text)
    const answered = client.query({ text, values, ...(name && { name }) })
    // Where the statement fails, Postgres takes it for a rollback; where the connection is lost, both say so.
    if (isLast) end('commit').catch(() => {})
    const { rows } = await answered
    return rows
  }
  try {
    const result = await work(run)
    await opened
    await end('commit')
    return result
  } catch (error) {
    if (!isLoss(error)) await end('rollback')
    // Where the opening failed, what came after could only fail because of it.
    await opened
    throw error
  }
}

function open(
  client: pg.PoolClient,
  { readOnly, isolation, settings, before }: Opening,
  nameFor: (text: string) => string | undefined,
): Promise<unknown> {
  const mode = `${isolation ? ` isolation level ${isolation}` : ''}${readOnly ? ' read only' : ''}`
  const calls = settings.map((_, place) => `set_config($${2 * place + 1}, $${2 * place + 2}, true)`)
  const text = `select ${calls.join(', ')}`
  const name = nameFor(text)
  return Promise.all([
    client.query(`begin${mode}`),
    client.query({ text, values: settings.flat(), ...(name && { name }) }),
    before && client.query(before),
  ])
}

/**
 * A statement that comes again is kept by Postgres, as far as there are not too many: each costs memory there. What comes
 * once takes no place from those.
 */
function names(): (text: string) => string | undefined {
  const known = new Map<string, string>()
  const seen = new Set<string>()
  return (text) => {
    const name = known.get(text)
    if (name || known.size === mostPrepared) return name
    if (seen.delete(text)) {
      known.set(text, `data_${known.size}`)
      return known.get(text)
    }
    seen.add(text)
    const [oldest] = seen
    if (seen.size > mostSeen && oldest !== undefined) seen.delete(oldest)
    return undefined
  }
}

/** Answers are written by Postgres, as text; only what is bytes is read as bytes. */
const bytea = 17
const getTypeParser = (oid: number, format?: string) =>
  oid === bytea || format === 'binary' ? pg.types.getTypeParser(oid) : (text: string) => text
