import { OrganizationStatistics } from '@p2p/contracts'
import { type Db, type Person, paragraphs, test } from '@p2p/database/testing'
import fc from 'fast-check'
import { describe, expect } from 'vitest'

const statisticsOf = async (db: Db, organization?: string) => {
  const [row] = await db.sql<{ statistics: unknown }>`
    select organization_statistics(${organization ?? null}) as statistics`
  return OrganizationStatistics.parse(row?.statistics)
}

/** What all companies amount to, counted anew from the tables that it is about. */
const recount = `
  with here as (
    select organization_id, role, status,
      (last_seen_at at time zone 'Asia/Riyadh')::date as day, (now() at time zone 'Asia/Riyadh')::date as today
    from memberships join profiles on id = memberships.user_id
    join (select user_id, last_seen_at from private.roster) as seen on seen.user_id = memberships.user_id)
  select id, jsonb_build_object(
    'admins', (select count(*) from here where organization_id = id and status = 'active' and role = 'admin'),
    'members', (select count(*) from here where organization_id = id and status = 'active' and role = 'member'),
    'deactivated', (select count(*) from here where organization_id = id and status = 'deactivated'),
    'pending', (select count(*) from here where organization_id = id and status = 'pending'),
    'active_7_days', (select count(*) from here where organization_id = id and status = 'active' and day > today - 7),
    'active_30_days', (select count(*) from here where organization_id = id and status = 'active' and day > today - 30)
  ) as people,
  (select count(*)::int from topics where organization_id = organizations.id and deleted_at is null) as topics,
  (select count(*)::int from posts where author_organization_id = organizations.id and deleted_at is null and topic_deleted_at is null) as posts,
  coalesce((
    select jsonb_object_agg(purpose, jsonb_build_object('bytes', bytes, 'files', files))
    from (
      select purpose, sum(stored_bytes) as bytes, count(*) as files from files
      where organization_id = organizations.id and stored_bytes > 0 group by purpose) as kept), '{}') as storage
  from organizations order by id`

async function expectTrue(db: Db, watcher: Person) {
  await db.asOwner()
  const counted = (await db.client.query(recount)).rows
  await db.as(watcher)
  const answered = []
  for (const { id } of counted) {
    const { people, topics, posts, storage } = await statisticsOf(db, id)
    answered.push({ id, people, topics, posts, storage })
  }
  expect(answered).toEqual(counted)
}

async function world(db: Db) {
  const [ada, bob, cyd, pat] = [
    await db.person('ada'),
    await db.person('bob'),
    await db.person('cyd'),
    await db.person('pat'),
  ]
  const people = [
    ada,
    bob,
    cyd,
    await db.colleague(ada, 'abe'),
    await db.colleague(ada, 'amy'),
    await db.colleague(bob, 'ben'),
  ]
  await db.sql`insert into platform_roles (user_id, role) values (${pat.id}, 'admin')`
  await db.secondFactor(pat)
  return { people, companies: [ada, bob, cyd].map(({ organization }) => organization), watcher: pat }
}

/** Anything that people, admins, operators or jobs do; `who` and its like choose among what is there. */
const anAct = fc.record({
  kind: fc.constantFrom(
    ...(['open', 'reply', 'reply', 'delete_post', 'promote', 'demote', 'deactivate', 'reactivate'] as const),
    ...(['remove', 'hand_over', 'leave', 'seen', 'seen_ago', 'join', 'move', 'status'] as const),
    ...(['hide_topic', 'show_topic', 'give_topic', 'forget_author', 'drop_topic'] as const),
    ...(['keep_file', 'shrink_file', 'give_file', 'drop_file', 'drop_person', 'drop_company'] as const),
  ),
  who: fc.nat(5),
  whom: fc.nat(5),
  company: fc.nat(2),
  number: fc.nat(60),
})
type Act = { kind: string; who: number; whom: number; company: number; number: number }

type World = Awaited<ReturnType<typeof world>>

async function perform(db: Db, { people, companies }: World, { kind, who, whom, company, number }: Act) {
  const { client } = db
  const [actor, other, place] = [people[who]!, people[whom]!, companies[company]!]
  const pick = (table: string) =>
    `(select id from ${table} order by created_at, id offset ${number} % greatest((select count(*) from ${table}), 1) limit 1)`
  const visibility = number % 2 ? 'community' : 'organization'
  const body = client.escapeLiteral(JSON.stringify(paragraphs('Words')))
  const asPeople: Record<string, string> = {
    open: `select open_topic('quality', 'A topic of mine', ${body}, '${visibility}')`,
    reply: `select reply(${pick('topics')}, ${body})`,
    delete_post: `select delete_post(${pick('posts')})`,
    promote: `select change_member_role('${other.id}', 'admin')`,
    demote: `select change_member_role('${other.id}', 'member')`,
    deactivate: `select deactivate_member('${other.id}')`,
    reactivate: `select reactivate_member('${other.id}')`,
    remove: `select remove_member('${other.id}')`,
    hand_over: `select hand_over('${other.id}')`,
    leave: 'select leave_organization()',
    seen: 'select seen()',
  }
  const asOperator: Record<string, string> = {
    seen_ago: `update private.roster set last_seen_at = now() - interval '${number} days' where user_id = '${other.id}'`,
    join: `insert into memberships (user_id, organization_id) select '${other.id}', '${place}' on conflict do nothing`,
    move: `update memberships set organization_id = '${place}' where user_id = '${other.id}'`,
    status: `update profiles set status = (array['active', 'pending', 'deactivated'])[1 + ${number} % 3]::person_status where id = '${other.id}'`,
    hide_topic: `update topics set deleted_at = now() where id = ${pick('topics')}`,
    show_topic: `update topics set deleted_at = null where id = ${pick('topics')}`,
    give_topic: `update topics set organization_id = '${place}' where id = ${pick('topics')}`,
    drop_topic: `delete from topics where id = ${pick('topics')}`,
    forget_author: `update posts set author_id = null, author_organization_id = null where id = ${pick('posts')}`,
    keep_file: `insert into files (owner_id, organization_id, purpose, status, size, content_type, renditions, thumbhash, stored_bytes, settled_at)
      values ('${other.id}', '${place}', '${number % 2 ? 'avatar' : 'logo'}', 'ready', 10, 'image/png', '[{"width": 96}]', 'x', ${number + 1}, now())`,
    shrink_file: `update files set stored_bytes = greatest(1, stored_bytes - ${number}) where id = ${pick('files')}`,
    give_file: `update files set organization_id = '${place}' where id = ${pick('files')}`,
    drop_file: `delete from files where id = ${pick('files')}`,
    drop_person: `delete from auth.users where id = '${other.id}'`,
    drop_company: `delete from organizations where id = '${place}'`,
  }
  const statement = asPeople[kind] ?? asOperator[kind]!
  // Nobody writes that fast.
  await db.asOwner()
  await db.sql`delete from private.rate_limits`
  if (asPeople[kind]) {
    await db.as(actor)
    // Whoever was shut out signs in again and tries.
    await signInAgain(db, actor)
  } else await db.asOwner()

  await client.query('savepoint act')
  try {
    await client.query(statement)
  } catch (error) {
    await client.query('rollback to act')
    // What is refused, and what hangs together, stays as it was; anything else is a fault.
    const { code } = error as { code?: string }
    if (!code?.startsWith('PT') && code !== '23503' && code !== '23505') throw error
  }
}

async function signInAgain(db: Db, person: Person) {
  await db.asOwner()
  await db.sql`
    insert into auth.sessions (id, user_id, aal)
    select ${person.session}, users.id, 'aal1' from auth.users where id = ${person.id} on conflict do nothing`
  await db.as(person)
}

describe('the statistics of a company', () => {
  test('begin with its founder', async ({ db }) => {
    await db.as(await db.person('ada'))
    expect(await statisticsOf(db)).toMatchObject({
      people: { admins: 1, members: 0, deactivated: 0, pending: 0, active_7_days: 0, active_30_days: 0 },
      topics: 0,
      posts: 0,
      use_cases: 0,
      storage: {},
    })
  })

  test('know who was here in a week and in a month, at any moment, without a job', async ({ db }) => {
    const ada = await db.person('ada')
    const days = [0, 6, 7, 29, 30, 400]
    for (const [place, ago] of days.entries()) {
      const someone = await db.colleague(ada, `p${place}`)
      await db.sql`update private.roster set last_seen_at = now() - make_interval(days => ${ago}) where user_id = ${someone.id}`
    }
    await db.as(ada)
    expect((await statisticsOf(db)).people).toMatchObject({ active_7_days: 2, active_30_days: 4 })
    await db.sql`select seen()`
    expect((await statisticsOf(db)).people).toMatchObject({ active_7_days: 3, active_30_days: 5 })
  })

  test('forget the days nobody asks about any more', async ({ db }) => {
    const ada = await db.person('ada')
    await db.sql`
      update organization_statistics set counts = counts || '{"seen.2020-01-01": 7}' where organization_id = ${ada.organization}`
    expect(
      await db.sql`select counts from organization_statistics where organization_id = ${ada.organization}`,
    ).toEqual([{ counts: { 'people.active.admin': 1 } }])
  })

  test('count what its people wrote, wherever they wrote it and wherever they are now', async ({ db }) => {
    const ada = await db.person('ada')
    const [abe, bob] = [await db.colleague(ada, 'abe'), await db.person('bob')]
    await db.as(bob)
    const [topic] = await db.sql<{
      id: string
    }>`select open_topic('quality', 'Of Bob', ${paragraphs('Hello')}) as id`
    await db.as(abe)
    await db.sql`select reply(${topic!.id}, ${paragraphs('From Abe')})`
    await db.as(ada)
    await db.sql`select remove_member(${abe.id})`
    expect(await statisticsOf(db)).toMatchObject({ topics: 0, posts: 1 })
    await db.as(bob)
    expect(await statisticsOf(db)).toMatchObject({ topics: 1, posts: 1 })
  })

  test('are one\u2019s own company\u2019s; a platform admin reads any', async ({ db }) => {
    const { people, watcher } = await world(db)
    const [ada, bob] = people
    await db.as(bob!)
    await db.sql`savepoint before`
    for (const id of [ada!.organization, crypto.randomUUID()]) {
      await expect(statisticsOf(db, id)).rejects.toMatchObject({ code: 'PT404', detail: 'not_found' })
      await db.sql`rollback to before`
    }
    await db.as(watcher)
    expect((await statisticsOf(db, ada!.organization)).people).toMatchObject({ admins: 1, members: 2 })
  })

  test('are true after any sequence of changes', { timeout: 60_000 }, async ({ db }) => {
    const built = await world(db)
    await db.sql`savepoint world`
    await fc.assert(
      fc
        .asyncProperty(fc.array(anAct, { minLength: 1, maxLength: 40, size: 'max' }), async (acts) => {
          for (const act of acts) await perform(db, built, act)
          await expectTrue(db, built.watcher)
        })
        .afterEach(async () => {
          await db.asOwner()
          await db.sql`rollback to world`
        }),
      { numRuns: 150 },
    )
  })
})
