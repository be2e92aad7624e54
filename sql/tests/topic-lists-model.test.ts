import { type Db, type Person, paragraphs, test } from '@p2p/database/testing'
import { expect } from 'vitest'

/*
 * Many topics as chance has it, and every list compared with what a reader would expect of it: filtered and sorted in
 * TypeScript from the rows alone.
 */

type Row = {
  id: string
  category: string
  organization_id: string
  visibility: string
  author_id: string
  tags: string[]
  vote_count: number
  answer_id: string | null
  trend: number
  pinned_in: string | null
  last_number: number
  moved: string
  opened: string
  is_recent: boolean
  level: string | null
  read_number: number | null
}
type Filters = {
  category?: string
  tag?: string
  organization?: string
  author?: string
  answered?: boolean
  unread?: boolean
  level?: string
}

/** Chance that is the same every time (mulberry32). */
function chance(seed: number) {
  let state = seed
  return (below: number) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

const categories = ['quality', 'energy', 'maintenance']
const levels = ['watching', 'following', 'muted', null]

async function makeTopics(db: Db, people: Person[]) {
  const any = chance(5)
  const pick = <T>(of: readonly T[]): T => of[any(of.length)] as T
  await db.asOwner()
  await db.sql`insert into tags (slug, name_en, name_ar) values ('m-one', 'M one', 'م واحد'), ('m-two', 'M two', 'م اثنان')`
  await db.sql`update profiles set created_at = now() - interval '10 days'`
  for (let i = 0; i < 120; i += 1) {
    await db.as(pick(people))
    const [topic] = await db.sql<{ id: string }>`
      select open_topic(${pick(categories)}, ${`Topic ${i}`}, ${paragraphs('Words.')},
        ${pick(['community', 'community', 'organization'])}) as id`
    const pin = pick([null, null, null, null, 'category', 'forum'])
    const answer = any(3) === 0
    await db.asOwner()
    // Nobody writes that fast.
    await db.sql`delete from private.rate_limits`
    // Few values, so that many topics share one and only their ids tell them apart.
    await db.sql`
      update topics set
        created_at = now() - make_interval(days => ${any(20)}),
        last_post_at = now() - make_interval(hours => ${any(6)}),
        vote_count = ${any(4)}, trend = ${5000 + any(5) / 3}, last_number = ${1 + any(5)},
        tags = ${pick([[], ['m-one'], ['m-two'], ['m-one', 'm-two']])},
        answer_id = (select posts.id from posts where topic_id = topics.id and number = 1 and ${answer}),
        pinned_in = ${pin}::pin_place, pinned_at = case when ${pin}::text is not null then now() end,
        deleted_at = case when ${any(12)} = 0 then now() end
      where id = ${topic!.id}`
    for (const person of people.filter(() => any(3) === 0)) {
      await db.sql`
        insert into topic_readers (user_id, topic_id, level, read_number)
        values (${person.id}, ${topic!.id}, ${pick(levels)}, ${any(6)})
        on conflict (user_id, topic_id) do update set level = excluded.level, read_number = excluded.read_number`
    }
  }
}

/** All living topics as one person finds them; times as microseconds, which sort as numbers and fit in 16 digits. */
async function rowsFor(db: Db, me: Person): Promise<Row[]> {
  await db.asOwner()
  return db.sql<Row>`
    select topics.id, slug as category, organization_id, visibility, author_id, tags, vote_count, answer_id, trend,
      pinned_in, last_number, (extract(epoch from last_post_at) * 1000000)::bigint::text as moved,
      (extract(epoch from topics.created_at) * 1000000)::bigint::text as opened,
      topics.created_at >= now() - interval '10 days' as is_recent, level, read_number
    from topics
    join categories on categories.id = category_id
    left join topic_readers on topic_id = topics.id and user_id = ${me.id}
    where topics.deleted_at is null`
}

const isUnread = (row: Row) =>
  row.read_number === null
    ? row.is_recent
    : (row.level === 'watching' || row.level === 'following') && row.read_number < row.last_number

const asks = (row: Row, filters: Filters) =>
  (filters.category === undefined || row.category === filters.category) &&
  (filters.tag === undefined || row.tags.includes(filters.tag)) &&
  (filters.organization === undefined || row.organization_id === filters.organization) &&
  (filters.author === undefined || row.author_id === filters.author) &&
  (filters.answered === undefined || (row.answer_id !== null) === filters.answered) &&
  (filters.unread === undefined || isUnread(row) === filters.unread) &&
  (filters.level === undefined || row.level === filters.level)

function expected(rows: Row[], me: Person, filters: Filters, sort: string): string[] {
  const isOnTop = (row: Row) =>
    filters.category === undefined ? row.pinned_in === 'forum' : row.pinned_in !== null
  const keys: Record<string, (row: Row) => number[]> = {
    activity: (row) => [Number(isOnTop(row)), Number(row.moved)],
    newest: (row) => [Number(row.opened)],
    votes: (row) => [row.vote_count],
    unanswered: (row) => [Number(row.moved)],
    trending: (row) => [row.trend],
  }
  const key = keys[sort] as (row: Row) => number[]
  const compare = (a: Row, b: Row) => {
    const differing = key(a)
      .map((value, place) => (key(b)[place] as number) - value)
      .find((difference) => difference !== 0)
    return differing ?? (a.id < b.id ? 1 : -1)
  }
  return rows
    .filter((row) => row.visibility === 'community' || row.organization_id === me.organization)
    .filter((row) => asks(row, filters))
    .filter((row) => sort !== 'unanswered' || row.answer_id === null)
    .filter(
      (row) =>
        row.level !== 'muted' || filters.level !== undefined || !['activity', 'trending'].includes(sort),
    )
    .toSorted(compare)
    .map(({ id }) => id)
}

async function walk(db: Db, by: Person, filters: Filters, sort: string, between?: () => Promise<unknown>) {
  const ids: string[] = []
  let after: string | null = null
  do {
    await db.as(by)
    const [row]: { list: { topics: { id: string }[]; next: string | null } }[] =
      await db.sql`select list_topics(${filters}, ${sort}, ${after}, 7) as list`
    ids.push(...row!.list.topics.map(({ id }) => id))
    after = row!.list.next
    await between?.()
  } while (after)
  return ids
}

const sorts = ['activity', 'newest', 'votes', 'unanswered', 'trending']

test('every list holds each topic that is asked for once, in the order that is asked for', async ({ db }) => {
  const [ada, bob] = [await db.person('ada'), await db.person('bob')]
  const people = [ada, bob, await db.colleague(ada, 'abe')]
  await makeTopics(db, people)
  const asked: Filters[] = [
    {},
    ...categories.map((category) => ({ category })),
    { tag: 'm-one' },
    { organization: ada.organization },
    { author: bob.id },
    { answered: true },
    { answered: false },
    { unread: true },
    { unread: false },
    ...['watching', 'following', 'muted'].map((level) => ({ level })),
    { category: 'quality', tag: 'm-two', answered: false },
    { category: 'energy', unread: true },
    { level: 'watching', unread: true },
    { organization: ada.organization, author: ada.id, unread: false },
  ]
  for (const me of people) {
    const rows = await rowsFor(db, me)
    for (const filters of asked) {
      for (const sort of sorts) {
        const said = `${me.name}: ${JSON.stringify(filters)} by ${sort}`
        expect(await walk(db, me, filters, sort), said).toEqual(expected(rows, me, filters, sort))
      }
    }
    await db.as(me)
    const [{ count }] = (await db.sql`select unread_count() as count`) as [
      { count: { unread: number; new: number } },
    ]
    expect(count.unread + count.new, me.name).toBe(
      rows.filter(
        (row) => isUnread(row) && (row.visibility === 'community' || row.organization_id === me.organization),
      ).length,
    )
  }
})

test.for(sorts)('while others write, what stays in its place is listed once: %s', async (sort, { db }) => {
  const [ada, bob] = [await db.person('ada'), await db.person('bob')]
  await makeTopics(db, [ada, bob])
  const before = expected(await rowsFor(db, ada), ada, {}, sort)
  const any = chance(9)
  const touched = new Set<string>()
  const listed = await walk(db, ada, {}, sort, async () => {
    await db.as(bob)
    await db.sql`select open_topic('quality', 'One more meanwhile', ${paragraphs('Words.')})`
    await db.asOwner()
    await db.sql`delete from private.rate_limits`
    const [moved] = await db.sql<{ id: string }>`
      update topics set last_post_at = clock_timestamp(), vote_count = vote_count + 1, trend = trend + 1
      where id = ${before[any(before.length)]} returning id`
    touched.add(moved!.id)
  })
  expect(new Set(listed).size).toBe(listed.length)
  expect(listed.filter((id) => before.includes(id) && !touched.has(id))).toEqual(
    before.filter((id) => !touched.has(id)),
  )
})
