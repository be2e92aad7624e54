import { lawDatabase, type ScratchDatabase } from '@p2p/database/testing/database'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'

// Committed transactions on connections of their own: what a rolled-back test cannot show.
let database: ScratchDatabase
let pool: pg.Pool
beforeAll(async () => {
  database = await lawDatabase(inject('adminUrl'))
  pool = new pg.Pool({ connectionString: database.url, max: 4 })
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})

const rounds = 50
const patience = { timeout: 60_000 }

/** Somebody verified and signed in, by their id: the session has the same one. */
const somebody = async (name: string): Promise<string> => {
  const { rows } = await pool.query(
    `with person as (
       insert into auth.users (id, email, email_confirmed_at, raw_user_meta_data)
       values (gen_random_uuid(), $1, now(), '{"first_name": "A", "last_name": "B", "organization_name": "C", "locale": "en"}')
       returning id)
     select id from person`,
    [`${name}@${name}.example`],
  )
  const { id } = rows[0]
  await pool.query(
    `insert into auth.sessions (id, user_id, aal, created_at) values ($1, $1, 'aal1', now())`,
    [id],
  )
  return id
}

/** A transaction of its own in this person's name, as the Data API opens it. */
const as = async (person: string, statement: string) => {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query(
      `select set_config('request.jwt.claims', $1, true), set_config('role', 'authenticated', true)`,
      [JSON.stringify({ sub: person, session_id: person, role: 'authenticated' })],
    )
    const { rows } = await client.query(statement)
    await client.query('commit')
    return rows[0]
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

test('two who ask for a copy at the same moment get one', patience, async () => {
  for (let round = 0; round < rounds; round += 1) {
    const ada = await somebody(`copy-${round}`)
    const ask = () => as(ada, `select request_data_export() ->> 'id' as id`)
    const [one, other] = await Promise.all([ask(), ask()])
    expect(one).toEqual(other)
    const { rowCount } = await pool.query(
      `select from pgboss.job where name = 'personal-data.build-export' and data ->> 'exportId' = $1`,
      [one.id],
    )
    expect(rowCount).toBe(1)
  }
})

test('an erasure that is taken back while it begins is one or the other', patience, async () => {
  for (let round = 0; round < rounds; round += 1) {
    const ada = await somebody(`wish-${round}`)
    await as(ada, `select request_erasure('remove', true)`)
    const { rows } = await pool.query(
      `update private.erasures set due_at = now() where user_id = $1 returning id`,
      [ada],
    )
    const [taken, begun] = await Promise.all([
      as(ada, 'select cancel_erasure()').then(
        () => true,
        () => false,
      ),
      pool
        .query('select private.begin_erasure($1) as begun', [rows[0].id])
        .then((answer) => answer.rows[0].begun as boolean),
    ])
    expect([taken, begun].filter(Boolean), `round ${round}`).toHaveLength(1)
    const { rowCount } = await pool.query('select from private.erasures where id = $1', [rows[0].id])
    expect(rowCount).toBe(begun ? 1 : 0)
  }
})
