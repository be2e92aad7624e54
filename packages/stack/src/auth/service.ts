import type pg from 'pg'
import type { AuthSettings } from '../project.ts'
import type { Mailer } from './mailer.ts'
import type { Queryable } from './people.ts'

/** What every part of Auth works with. */
export type AuthService = {
  /** As role supabase_auth_admin. */
  pool: pg.Pool
  settings: AuthSettings
  mailer: Mailer
  /** Answers what Auth does not do itself: @supabase/lite. */
  inner(request: Request): Promise<Response>
}

/** All of it lasts, or none. */
export async function inTransaction<T>(pool: pg.Pool, work: (db: Queryable) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch((lost) => {
      broken = lost
    })
    throw error
  } finally {
    client.release(broken)
  }
}
