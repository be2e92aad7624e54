import { lawDatabase, type ScratchDatabase, withClient } from '@p2p/database/testing/database'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'

// Committed transactions on connections of their own: what a rolled-back test cannot show.
let database: ScratchDatabase
let first: pg.Client
let second: pg.Client
let owner: pg.Client
beforeAll(async () => {
  database = await lawDatabase(inject('adminUrl'))
  ;[first, second, owner] = [0, 1, 2].map(() => new pg.Client({ connectionString: database.url })) as [
    pg.Client,
    pg.Client,
    pg.Client,
  ]
  await Promise.all([first, second, owner].map((client) => client.connect()))
})
afterAll(async () => {
  await Promise.all([first, second, owner].map((client) => client.end()))
  await database.drop()
})

const rounds = 60

/** A company of three: Ada and Abe are its admins, Amy is a member. Their ids are their sessions' too. */
async function company(name: string) {
  const people = { ada: crypto.randomUUID(), abe: crypto.randomUUID(), amy: crypto.randomUUID() }
  const place = await withClient(database.url, async (client) => {
    for (const [who, id] of Object.entries(people)) {
      await client.query(
        `insert into auth.users (id, email, email_confirmed_at, raw_user_meta_data) values ($1, $2, now(), $3)`,
        [
          id,
          `${who}@${who}.${name}.example`,
          { first_name: who, last_name: 'Racer', organization_name: `${who} of ${name}`, locale: 'en' },
        ],
      )
    }
    const { rows } = await client.query('select organization_id as id from memberships where user_id = $1', [
      people.ada,
    ])
    return rows[0].id as string
  })
  /** Puts everybody back to where they were. */
  const reset = async () => {
    await owner.query('begin')
    await owner.query(
      `insert into memberships (user_id, organization_id, role)
       select id, $1, case when id = $2 then 'member' else 'admin' end::member_role from unnest($3::uuid[]) as id
       on conflict (user_id) do update set organization_id = excluded.organization_id, role = excluded.role`,
      [place, people.amy, Object.values(people)],
    )
    await owner.query(`update profiles set status = 'active' where id = any ($1)`, [Object.values(people)])
    await owner.query(
      `insert into auth.sessions (id, user_id, aal) select id, id, 'aal1' from unnest($1::uuid[]) as id on conflict do nothing`,
      [Object.values(people)],
    )
    await owner.query('commit')
  }
  await reset()
  return { ...people, place, reset }
}

/** Calls a function as somebody, in a transaction of its own; answers "done" or the word of the refusal. */
async function as(client: pg.Client, person: string, call: string): Promise<string> {
  await client.query('begin')
  try {
    await client.query(`select set_config('request.jwt.claims', $1, true)`, [
      JSON.stringify({ sub: person, session_id: person, role: 'authenticated' }),
    ])
    await client.query('set local role authenticated')
    const { rows } = await client.query(`select ${call} as answer`)
    const status = (await client.query(`select current_setting('response.status', true) as status`)).rows[0]
    await client.query('commit')
    return status.status ? rows[0].answer.details : 'done'
  } catch (error) {
    await client.query('rollback')
    const { code, detail } = error as { code: string; detail?: string }
    return detail && code.startsWith('PT') ? detail : code
  }
}

const adminsOf = async (place: string) => {
  const { rows } = await owner.query<{ id: string }>(
    `select user_id as id from memberships join profiles on id = user_id
     where organization_id = $1 and role = 'admin' and status = 'active'`,
    [place],
  )
  return rows.map(({ id }) => id)
}

type Company = Awaited<ReturnType<typeof company>>

/** Runs two acts at the same moment, many times, and answers how each round ended, as "first / second". */
async function race(
  name: string,
  one: (place: Company) => Promise<string>,
  other: (place: Company) => Promise<string>,
  afterRound: (place: Company) => Promise<void> = async () => {},
): Promise<Set<string>> {
  const place = await company(name)
  const endings = new Set<string>()
  for (let round = 0; round < rounds; round++) {
    await place.reset()
    // Who begins first changes, so that each of the two has its turn.
    const answers =
      round % 2
        ? await Promise.all([one(place), other(place)])
        : (await Promise.all([other(place), one(place)])).reverse()
    endings.add(answers.join(' / '))
    expect((await adminsOf(place.place)).length, `round ${round}: ${answers.join(' / ')}`).toBeGreaterThan(0)
    await afterRound(place)
  }
  return endings
}

const expectOnly = (endings: Set<string>, possible: string[]) =>
  expect([...endings].filter((ending) => !possible.includes(ending))).toEqual([])

describe('at the same moment', () => {
  test('two admins demote each other: one does, the other is an admin no longer', async () => {
    const endings = await race(
      'demote',
      ({ ada, abe }) => as(first, ada, `change_member_role('${abe}', 'member')`),
      ({ ada, abe }) => as(second, abe, `change_member_role('${ada}', 'member')`),
      async ({ place }) => expect(await adminsOf(place)).toHaveLength(1),
    )
    expectOnly(endings, ['done / not_allowed', 'not_allowed / done'])
  })

  test('the two admins leave: one does, the other stays', async () => {
    const endings = await race(
      'leave',
      ({ ada }) => as(first, ada, 'leave_organization()'),
      ({ abe }) => as(second, abe, 'leave_organization()'),
      async ({ place }) => expect(await adminsOf(place)).toHaveLength(1),
    )
    expectOnly(endings, ['done / last_admin', 'last_admin / done'])
  })

  test('one demotes the other, who deactivates them', async () => {
    const endings = await race(
      'deactivate',
      ({ ada, abe }) => as(first, ada, `change_member_role('${abe}', 'member')`),
      ({ ada, abe }) => as(second, abe, `deactivate_member('${ada}')`),
      async ({ place }) => expect(await adminsOf(place)).toHaveLength(1),
    )
    // Who was deactivated before they asked has no session to ask with.
    expectOnly(endings, ['done / not_allowed', 'not_allowed / done', 'session_ended / done'])
  })

  test('one hands over to somebody whom the other removes', async () => {
    const endings = await race(
      'remove',
      ({ ada, amy }) => as(first, ada, `hand_over('${amy}')`),
      ({ abe, amy }) => as(second, abe, `remove_member('${amy}')`),
    )
    expectOnly(endings, ['done / done', 'not_found / done'])
  })

  test('the only admin hands over to somebody who leaves', async () => {
    const endings = await race(
      'handover',
      async ({ ada, abe, amy }) => {
        await as(first, ada, `change_member_role('${abe}', 'member')`)
        return as(first, ada, `hand_over('${amy}')`)
      },
      ({ amy }) => as(second, amy, 'leave_organization()'),
      async ({ place }) => expect(await adminsOf(place)).toHaveLength(1),
    )
    expectOnly(endings, ['done / last_admin', 'not_found / done'])
  })

  test('two let the same person in again: it is done once', async () => {
    const endings = await race(
      'reactivate',
      async ({ ada, amy }) => {
        await as(first, ada, `deactivate_member('${amy}')`)
        return as(first, ada, `reactivate_member('${amy}')`)
      },
      ({ abe, amy }) => as(second, abe, `reactivate_member('${amy}')`),
      async ({ amy }) => {
        const { rows } = await owner.query(
          `select (select status from profiles where id = $1::uuid), (
             select count(*) filter (where action = 'members.deactivate')
               - count(*) filter (where action = 'members.reactivate') from audit_events where subject_id = $1::text)::int as open`,
          [amy],
        )
        expect(rows).toEqual([{ status: 'active', open: 0 }])
      },
    )
    expectOnly(endings, ['done / done'])
  })

  test('Auth deletes one admin while the other leaves: somebody stays admin, and nobody waits for ever', async () => {
    const endings = new Set<string>()
    for (let round = 0; round < rounds; round++) {
      const { ada, abe, place } = await company(`delete${round}`)
      const deletion = () =>
        first.query('delete from auth.users where id = $1', [ada]).then(
          () => 'done',
          (error: { code: string; detail?: string }) => error.detail ?? error.code,
        )
      const leaving = () => as(second, abe, 'leave_organization()')
      const [deleted, left] = await Promise.all(
        round % 2 ? [deletion(), leaving()] : [leaving(), deletion()].reverse(),
      )
      endings.add(`${deleted} / ${left}`)
      expect(await adminsOf(place)).toHaveLength(1)
    }
    expectOnly(endings, ['done / last_admin', 'last_admin / done'])
  })
})
