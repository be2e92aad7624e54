import pg from 'pg'

export type Database = pg.Pool

export function openDatabase(url: string, connections: number, onError: (error: Error) => void): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: 10_000,
    application_name: 'p2p-worker',
  })
  // A connection that breaks is replaced at the next query, idle or in use; unheard, its error would end the process.
  pool.on('error', onError)
  pool.on('connect', (client) => void client.on('error', onError))
  return pool
}

/** Runs `work` in one transaction: its end commits, a throw rolls back and goes on. */
export async function inTransaction<T>(
  db: Database,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await db.connect()
  let broken: Error | undefined
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch((fault: Error) => {
      broken = fault
    })
    throw error
  } finally {
    // A connection that could not roll back is thrown away, or the next one to borrow it would stand in our ruins.
    client.release(broken)
  }
}
