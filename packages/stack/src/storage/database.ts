import pg from 'pg'
import type { Act } from './act.ts'
import { refusalOf } from './database-refusal.ts'

/** One statement; a refusal of the database comes as StorageFault. */
export type Query = <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<Row[]>

export type Database = {
  /** In one transaction as the caller: policies decide. */
  asCaller<T>(act: Act, work: (query: Query, asAdmin: AsAdmin) => Promise<T>): Promise<T>
  /** In one transaction past every policy, on behalf of the caller. */
  asAdmin<T>(act: Act, work: (query: Query) => Promise<T>): Promise<T>
  /** As the caller, and taken back: whether it would be allowed. */
  wouldAllow(act: Act, work: (query: Query) => Promise<unknown>): Promise<void>
  /** Without a caller. */
  query: Query
  close(): Promise<void>
}

/** Asks one thing past the policies within the caller's transaction. */
type AsAdmin = <T>(work: () => Promise<T>) => Promise<T>

const admin = 'service_role'
const poolSize = 10

// What policies and triggers read, as hosted Storage sets it; the last one lets rows be deleted (storage.protect_delete).
const settings = `select
  set_config('role', $1, true),
  set_config('request.jwt.claim.role', $1, true),
  set_config('request.jwt', $2, true),
  set_config('request.jwt.claim.sub', $3, true),
  set_config('request.jwt.claims', $4, true),
  set_config('request.headers', $5, true),
  set_config('request.method', $6, true),
  set_config('request.path', $7, true),
  set_config('storage.operation', $8, true),
  set_config('storage.allow_delete_query', 'true', true)`

/** Connects as `supabase_storage_admin`, which becomes the caller for each question that a policy answers. */
export function connectDatabase(url: string): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    application_name: 'storage',
    connectionTimeoutMillis: 10_000,
    statement_timeout: 30_000,
  })
  // A connection that breaks: whoever uses it is told by the query, and the next one that is asked for is new.
  pool.on('error', () => {})
  pool.on('connect', (client) => void client.on('error', () => {}))

  async function transaction<T>(
    act: Act,
    role: string,
    end: 'commit' | 'rollback',
    work: (query: Query, asAdmin: AsAdmin) => Promise<T>,
  ): Promise<T> {
    const client = await pool.connect().catch((error) => Promise.reject(refusalOf(error)))
    let broken = false
    const query: Query = async (text, values) => (await client.query(text, values)).rows
    const become = (name: string) => query("select set_config('role', $1, true)", [name])
    const asAdmin: AsAdmin = async (inner) => {
      await become(admin)
      const result = await inner()
      await become(role)
      return result
    }
    try {
      await query('begin')
      await query(settings, settingsOf(act, role))
      const result = await work(query, asAdmin)
      await query(end)
      return result
    } catch (error) {
      await query('rollback').catch(() => {
        broken = true
      })
      throw refusalOf(error)
    } finally {
      client.release(broken)
    }
  }

  return {
    asCaller: (act, work) => transaction(act, act.caller.role, 'commit', work),
    asAdmin: (act, work) => transaction(act, admin, 'commit', work),
    async wouldAllow(act, work) {
      await transaction(act, act.caller.role, 'rollback', work)
    },
    async query(text, values) {
      return (await pool.query(text, values).catch((error) => Promise.reject(refusalOf(error)))).rows
    },
    close: () => pool.end(),
  }
}

function settingsOf({ caller, operation, request }: Act, role: string): string[] {
  const { token, headers, method, path } = request
  const claims = JSON.stringify(caller.claims)
  return [role, token, caller.userId ?? '', claims, JSON.stringify(headers), method, path, operation]
}
