import { lawDatabase, type ScratchDatabase, withClient } from '@p2p/database/testing/database'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'

// Committed transactions on connections of their own: what a rolled-back test cannot show.
let database: ScratchDatabase
beforeAll(async () => {
  database = await lawDatabase(inject('adminUrl'))
})
afterAll(() => database.drop())

const signUp = (email: string) =>
  withClient(database.url, async (client) => {
    const { rows } = await client.query(
      `insert into auth.users (id, email, raw_user_meta_data)
       values (gen_random_uuid(), $1, '{"first_name": "A", "last_name": "B", "organization_name": "C", "locale": "en"}')
       returning id`,
      [email],
    )
    return rows[0].id as string
  })

test('two signups for one domain at the same moment: one is made, one is told, nothing is left half made', async () => {
  for (let round = 0; round < 60; round++) {
    const answers = await Promise.allSettled([
      signUp(`ada@race${round}.example`),
      signUp(`eve@RACE${round}.example`),
    ])
    const [made, refused] = [
      answers.filter(({ status }) => status === 'fulfilled'),
      answers.filter(({ status }) => status === 'rejected'),
    ]
    expect(made).toHaveLength(1)
    expect(refused).toMatchObject([{ reason: { code: 'PT409', detail: 'domain_taken' } }])
  }
  await withClient(database.url, async (client) => {
    const { rows } = await client.query(`
      select (select count(*) from auth.users)::int as users, (select count(*) from organizations)::int as organizations,
        (select count(*) from profiles)::int as profiles, (select count(*) from memberships)::int as memberships`)
    expect(rows).toEqual([{ users: 60, organizations: 60, profiles: 60, memberships: 60 }])
  })
})
