import { once } from 'node:events'
import { lawDatabase, type ScratchDatabase } from '@p2p/database/testing/database'
import pg from 'pg'
import { afterAll, beforeAll, inject } from 'vitest'

/** How somebody signs in, their role on the platform, and what they say at signup beside what everybody says. */
type Standing = { aal?: 'aal1' | 'aal2'; role?: 'moderator' | 'admin'; metadata?: object }

/** `done`, or the word of the refusal, raised or answered; of anything else that goes wrong, its code and message. */
export const outcome = (deed: Promise<unknown>): Promise<string> =>
  deed.then(
    (answer) => (answer as { details?: string } | null)?.details ?? 'done',
    ({ code, detail, message }: { code?: string; detail?: string; message: string }) =>
      detail && code?.startsWith('PT') ? detail : `${code}: ${message}`,
  )

/**
 * A database of the file's own and people in it, who act in transactions that commit, on connections of their own: what
 * a rolled-back test cannot show.
 */
export function racing() {
  let database: ScratchDatabase | undefined
  let pool: pg.Pool
  const closed: Promise<unknown>[] = []
  beforeAll(async () => {
    database = await lawDatabase(inject('adminUrl'))
    pool = new pg.Pool({ connectionString: database.url, max: 24 })
    pool.on('connect', (client) => closed.push(once(client, 'end')))
  })
  afterAll(async () => {
    await pool?.end()
    // A pool has ended when it has asked its connections to close: a database dropped now would cut them off.
    await Promise.all(closed)
    await database?.drop()
  })

  /** The rows of a statement of the owner's, whom no policy asks. */
  const owner = async (statement: string, values: unknown[] = []) =>
    (await pool.query(statement, values)).rows

  /** Somebody with a company of their own who is signed in; their id is their session's too. */
  async function signUp(email: string, { aal = 'aal1', role, metadata }: Standing = {}): Promise<string> {
    const [{ id }] = await owner(
      'insert into auth.users (id, email, raw_user_meta_data) values (gen_random_uuid(), $1, $2) returning id',
      [email, { first_name: 'A', last_name: 'B', organization_name: 'C', locale: 'en', ...metadata }],
    )
    await owner('update auth.users set email_confirmed_at = now() where id = $1', [id])
    await owner('insert into auth.sessions (id, user_id, aal, created_at) values ($1, $1, $2, now())', [
      id,
      aal,
    ])
    if (role) await owner('insert into platform_roles (user_id, role) values ($1, $2)', [id, role])
    return id
  }

  /** The company of a person. */
  const companyOf = async (person: string): Promise<string> => {
    const rows = await owner('select organization_id from memberships where user_id = $1', [person])
    return rows[0].organization_id
  }

  /** What a person's statement calls `answer`, committed. */
  async function as<T = unknown>(person: string, statement: string, values: unknown[] = []): Promise<T> {
    const client = await pool.connect()
    try {
      await client.query('begin')
      await client.query(`select set_config('request.jwt.claims', $1, true)`, [
        JSON.stringify({ sub: person, session_id: person, role: 'authenticated' }),
      ])
      await client.query('set local role authenticated')
      const { rows } = await client.query(statement, values)
      await client.query('commit')
      return rows[0].answer
    } catch (error) {
      await client.query('rollback')
      throw error
    } finally {
      client.release()
    }
  }

  /** A connection for whoever begins and ends transactions themselves; whoever asks for it releases it. */
  const connection = () => pool.connect()

  return { owner, signUp, companyOf, as, connection }
}
