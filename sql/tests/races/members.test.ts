import { describe, expect, test } from 'vitest'
import { outcome, racing } from './racing.ts'

const { owner, signUp, companyOf, as } = racing()

const rounds = 60

/** A company of three: Ada and Abe are its admins, Amy is a member. */
async function company(name: string) {
  const [ada, abe, amy] = await Promise.all([
    signUp(`ada@ada.${name}.example`),
    signUp(`abe@abe.${name}.example`),
    signUp(`amy@amy.${name}.example`),
  ])
  const people = [ada, abe, amy]
  const place = await companyOf(ada)
  /** Puts everybody back to where they were. */
  const reset = async () => {
    await owner(
      `insert into memberships (user_id, organization_id, role)
       select id, $1, case when id = $2 then 'member' else 'admin' end::member_role from unnest($3::uuid[]) as id
       on conflict (user_id) do update set organization_id = excluded.organization_id, role = excluded.role`,
      [place, amy, people],
    )
    await owner(`update profiles set status = 'active' where id = any ($1)`, [people])
    await owner(
      `insert into auth.sessions (id, user_id, aal) select id, id, 'aal1' from unnest($1::uuid[]) as id on conflict do nothing`,
      [people],
    )
  }
  await reset()
  return { ada, abe, amy, place, reset }
}

const act = (person: string, call: string) => outcome(as(person, `select ${call} as answer`))

const adminsOf = (place: string) =>
  owner(
    `select user_id from memberships join profiles on id = user_id
     where organization_id = $1 and role = 'admin' and status = 'active'`,
    [place],
  )

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
      ({ ada, abe }) => act(ada, `change_member_role('${abe}', 'member')`),
      ({ ada, abe }) => act(abe, `change_member_role('${ada}', 'member')`),
      async ({ place }) => expect(await adminsOf(place)).toHaveLength(1),
    )
    expectOnly(endings, ['done / not_allowed', 'not_allowed / done'])
  })

  test('the two admins leave: one does, the other stays', async () => {
    const endings = await race(
      'leave',
      ({ ada }) => act(ada, 'leave_organization()'),
      ({ abe }) => act(abe, 'leave_organization()'),
      async ({ place }) => expect(await adminsOf(place)).toHaveLength(1),
    )
    expectOnly(endings, ['done / last_admin', 'last_admin / done'])
  })

  test('one demotes the other, who deactivates them', async () => {
    const endings = await race(
      'deactivate',
      ({ ada, abe }) => act(ada, `change_member_role('${abe}', 'member')`),
      ({ ada, abe }) => act(abe, `deactivate_member('${ada}')`),
      async ({ place }) => expect(await adminsOf(place)).toHaveLength(1),
    )
    // Who was deactivated before they asked has no session to ask with.
    expectOnly(endings, ['done / not_allowed', 'not_allowed / done', 'session_ended / done'])
  })

  test('one hands over to somebody whom the other removes', async () => {
    const endings = await race(
      'remove',
      ({ ada, amy }) => act(ada, `hand_over('${amy}')`),
      ({ abe, amy }) => act(abe, `remove_member('${amy}')`),
    )
    expectOnly(endings, ['done / done', 'not_found / done'])
  })

  test('the only admin hands over to somebody who leaves', async () => {
    const endings = await race(
      'handover',
      async ({ ada, abe, amy }) => {
        await act(ada, `change_member_role('${abe}', 'member')`)
        return act(ada, `hand_over('${amy}')`)
      },
      ({ amy }) => act(amy, 'leave_organization()'),
      async ({ place }) => expect(await adminsOf(place)).toHaveLength(1),
    )
    expectOnly(endings, ['done / last_admin', 'not_found / done'])
  })

  test('two let the same person in again: it is done once', async () => {
    const endings = await race(
      'reactivate',
      async ({ ada, amy }) => {
        await act(ada, `deactivate_member('${amy}')`)
        return act(ada, `reactivate_member('${amy}')`)
      },
      ({ abe, amy }) => act(abe, `reactivate_member('${amy}')`),
      async ({ amy }) => {
        const rows = await owner(
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
      const deletion = () => outcome(owner('delete from auth.users where id = $1', [ada]))
      const leaving = () => act(abe, 'leave_organization()')
      const [deleted, left] = await Promise.all(
        round % 2 ? [deletion(), leaving()] : [leaving(), deletion()].reverse(),
      )
      endings.add(`${deleted} / ${left}`)
      expect(await adminsOf(place)).toHaveLength(1)
    }
    expectOnly(endings, ['done / last_admin', 'last_admin / done'])
  })
})
