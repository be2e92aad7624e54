import { lawDatabase, type ScratchDatabase } from '@p2p/database/testing/database'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'

// Committed transactions on connections of their own: what a rolled-back test cannot show.
let database: ScratchDatabase
let first: pg.Client
let second: pg.Client
beforeAll(async () => {
  database = await lawDatabase(inject('adminUrl'))
  first = new pg.Client({ connectionString: database.url })
  second = new pg.Client({ connectionString: database.url })
  await Promise.all([first.connect(), second.connect()])
})
afterAll(async () => {
  await Promise.all([first.end(), second.end()])
  await database.drop()
})

const rounds = 50
const national = '7001272124'

/** Somebody who has founded a company; their session has their id. */
async function founder(name: string): Promise<{ id: string; company: string }> {
  const id = crypto.randomUUID()
  const metadata = { first_name: name, last_name: 'Racer', organization_name: 'Najd Castings', locale: 'en' }
  await first.query(
    `insert into auth.users (id, email, email_confirmed_at, raw_user_meta_data) values ($1, $2, now(), $3)`,
    [id, `${name}@${name}.example`, metadata],
  )
  await first.query(`insert into auth.sessions (id, user_id, aal) values ($1, $1, 'aal1')`, [id])
  const { rows } = await first.query(
    'select organization_id as company from memberships where user_id = $1',
    [id],
  )
  return { id, company: rows[0].company }
}

test('two companies verified with one number at the same moment: one of them is', async () => {
  const [ada, bob] = [await founder('ada'), await founder('bob')]
  const settle = async (client: pg.Client, company: string) => {
    const { rows } = await client.query(
      `select private.settle_registration($1, $2, 'verified', null, 'Najd Castings', $2) as state`,
      [company, national],
    )
    return rows[0].state as string
  }
  await first.query('insert into registrations (organization_id, number) values ($1, $3), ($2, $3)', [
    ada.company,
    bob.company,
    national,
  ])
  for (let round = 0; round < rounds; round += 1) {
    await first.query(
      `update registrations set state = 'pending', reason = null, registry_name = null, national_number = null, checked_at = null`,
    )
    const states = await Promise.all([settle(first, ada.company), settle(second, bob.company)])
    expect(states.toSorted()).toEqual(['rejected', 'verified'])
    const { rows } = await first.query(
      `select count(verified_at)::int as badges from organizations where id in ($1, $2)`,
      [ada.company, bob.company],
    )
    expect(rows).toEqual([{ badges: 1 }])
  }
})

test('two admins who save the same revision at the same moment: one is told', async () => {
  const eve = await founder('eve')
  const save = async (client: pg.Client, about: string, expected: number) => {
    await client.query('begin')
    try {
      await client.query(`select set_config('request.jwt.claims', $1, true)`, [
        JSON.stringify({ sub: eve.id, session_id: eve.id, role: 'authenticated' }),
      ])
      await client.query('set local role authenticated')
      await client.query('select update_organization($1, $2)', [{ about }, expected])
      await client.query('commit')
      return 'saved'
    } catch (error) {
      await client.query('rollback')
      return (error as { detail?: string }).detail
    }
  }
  for (let round = 1; round <= rounds; round += 1) {
    const answers = await Promise.all([
      save(first, `one ${round}`, round),
      save(second, `other ${round}`, round),
    ])
    expect(new Set(answers)).toEqual(new Set(['changed_meanwhile', 'saved']))
  }
})
