import { type Db, type Person, paragraphs, test } from '@p2p/database/testing'
import { describe, expect } from 'vitest'

type Asked = { filters?: object; sort?: string; after?: string | null; size?: number }
type Listed = { id: string; title: string; is_new: boolean; read_number: number | null; level: string | null }

const list = async (
  db: Db,
  by: Person,
  { filters = {}, sort = 'activity', after = null, size = 20 }: Asked = {},
) => {
  await db.as(by)
  const [row] = await db.sql<{ list: { topics: Listed[]; next: string | null } }>`
    select list_topics(${JSON.stringify(filters)}, ${sort}, ${after}, ${size}) as list`
  return row!.list
}

const titles = async (db: Db, by: Person, asked: Asked = {}) =>
  (await list(db, by, asked)).topics.map(({ title }) => title)

const open = async (
  db: Db,
  by: Person,
  title: string,
  more: { visibility?: string; category?: string } = {},
) => {
  await db.as(by)
  const [row] = await db.sql<{ id: string }>`
    select open_topic(${more.category ?? 'quality'}, ${title}, ${paragraphs('We see pores.')},
      ${more.visibility ?? 'community'}) as id`
  return row!.id
}

const follow = async (db: Db, by: Person, topic: string, level: string | null) => {
  await db.as(by)
  await db.sql`select follow_topic(${topic}, ${level})`
}

const refusal = (status: number, code: string) => ({ code: `PT${status}`, detail: code })

describe('a list', () => {
  test('pins stand on top by activity alone, and a category pin in its category alone', async ({ db }) => {
    const ada = await db.person('ada')
    const [everywhere, inCategory] = [
      await open(db, ada, 'Pinned for all'),
      await open(db, ada, 'Pinned here'),
    ]
    await open(db, ada, 'The newest of all')
    await db.asOwner()
    await db.sql`update topics set pinned_in = 'forum', pinned_at = now() where id = ${everywhere}`
    await db.sql`update topics set pinned_in = 'category', pinned_at = now() where id = ${inCategory}`
    expect(await titles(db, ada)).toEqual(['Pinned for all', 'The newest of all', 'Pinned here'])
    expect(await titles(db, ada, { filters: { category: 'quality' } })).toEqual([
      'Pinned here',
      'Pinned for all',
      'The newest of all',
    ])
    expect((await titles(db, ada, { sort: 'unanswered' }))[0]).toBe('The newest of all')
  })

  test('muted topics are left out of what moves, and found where one asks for them', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada, 'Not my trade')
    await follow(db, bob, topic, 'muted')
    for (const sort of ['activity', 'trending']) expect(await titles(db, bob, { sort })).toEqual([])
    expect(await titles(db, bob, { filters: { category: 'quality' } })).toEqual([])
    expect(await titles(db, bob, { sort: 'newest' })).toEqual(['Not my trade'])
    expect(await titles(db, bob, { filters: { level: 'muted' } })).toEqual(['Not my trade'])
    expect(await titles(db, ada)).toEqual(['Not my trade'])
  })

  test('a tag is found by its slug, its names and its other spellings', async ({ db }) => {
    const ada = await db.person('ada')
    const topic = await open(db, ada, 'A leak in the line')
    await open(db, ada, 'Something else')
    await db.asOwner()
    await db.sql`insert into tags (slug, name_en, name_ar, synonyms) values ('x-air', 'X air', 'هواء س', '{x-pneumatics}')`
    await db.sql`update topics set tags = '{x-air}' where id = ${topic}`
    for (const tag of ['x-air', 'X-Pneumatics', 'هواء س']) {
      expect(await titles(db, ada, { filters: { tag } })).toEqual(['A leak in the line'])
    }
    await expect(list(db, ada, { filters: { tag: 'nothing-known' } })).rejects.toMatchObject(
      refusal(404, 'not_found'),
    )
  })

  test('what means nothing is refused by name', async ({ db }) => {
    const ada = await db.person('ada')
    const wrong = [
      { filters: { colour: 'red' } },
      { filters: { organization: 'mine' } },
      { filters: { author: 7 } },
      { filters: { answered: 'yes' } },
      { filters: { level: 'always' } },
      { filters: { category: null } },
      { filters: [] },
      { sort: 'random' },
    ]
    for (const asked of wrong) {
      await db.sql`savepoint before`
      await expect(list(db, ada, asked), JSON.stringify(asked)).rejects.toMatchObject(
        refusal(422, 'invalid_input'),
      )
      await db.sql`rollback to savepoint before`
    }
    for (const after of ['x', 'newest_f_1_00000000-0000-4000-8000-000000000000', 'activity_f_-1_x']) {
      await db.sql`savepoint before`
      await expect(list(db, ada, { after }), after).rejects.toMatchObject(refusal(422, 'cursor_invalid'))
      await db.sql`rollback to savepoint before`
    }
    await expect(list(db, ada, { filters: { category: 'nowhere' } })).rejects.toMatchObject(
      refusal(404, 'not_found'),
    )
  })

  test('a stranger finds no topic of another company, whatever they ask', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const secret = await open(db, ada, 'Our secret alloy', { visibility: 'organization' })
    const asked = [
      { organization: ada.organization },
      { author: ada.id },
      { answered: false },
      { unread: true },
    ]
    for (const filters of [{}, { category: 'quality' }, ...asked]) {
      for (const sort of ['activity', 'newest', 'votes', 'unanswered', 'trending']) {
        expect(await titles(db, bob, { filters, sort })).toEqual([])
      }
    }
    expect(await db.sql`select similar_topics('Our secret alloy') as found`).toEqual([{ found: [] }])
    await db.asOwner()
    await db.sql`insert into topic_readers (user_id, topic_id, level) values (${bob.id}, ${secret}, 'watching')`
    for (const filters of [{ unread: true }, { level: 'watching' }])
      expect(await titles(db, bob, { filters })).toEqual([])
    expect(await db.sql`select unread_count() as count`).toEqual([{ count: { unread: 0, new: 0 } }])
  })
})

describe('what is new', () => {
  test('a topic is new until it is opened, and not what was there before one came', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada, 'Hot off the press')
    const old = await open(db, ada, 'Older than Bob')
    await db.asOwner()
    await db.sql`update topics set created_at = created_at - interval '1 hour' where id = ${old}`
    const seen = async (by: Person) => (await list(db, by)).topics.map(({ title, is_new }) => [title, is_new])
    expect(await seen(bob)).toEqual([
      ['Older than Bob', false],
      ['Hot off the press', true],
    ])
    expect(await seen(ada)).toEqual([
      ['Older than Bob', false],
      ['Hot off the press', false],
    ])
    expect(await titles(db, bob, { filters: { unread: true } })).toEqual(['Hot off the press'])
    expect(await titles(db, bob, { filters: { unread: false } })).toEqual(['Older than Bob'])
    await db.sql`select mark_read(${topic}, 1)`
    expect(await titles(db, bob, { filters: { unread: true } })).toEqual([])
  })

  test('news are forgotten after two weeks', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    await open(db, ada, 'Of last month')
    await db.asOwner()
    await db.sql`update profiles set created_at = now() - interval '1 year'`
    await db.sql`update topics set created_at = now() - interval '15 days'`
    expect((await list(db, bob)).topics[0]?.is_new).toBe(false)
  })

  test('replies to what one follows are unread, and read once one has been there', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada, 'Who answers me?')
    await db.as(bob)
    await db.sql`select reply(${topic}, ${paragraphs('I do.')})`
    const count = async (by: Person) => {
      await db.as(by)
      return (await db.sql`select unread_count() as count`)[0].count
    }
    expect(await count(ada)).toEqual({ unread: 1, new: 0 })
    expect(await titles(db, ada, { filters: { unread: true } })).toEqual(['Who answers me?'])
    await db.sql`select mark_read(${topic}, 2)`
    expect(await count(ada)).toEqual({ unread: 0, new: 0 })
    expect(await count(bob)).toEqual({ unread: 0, new: 0 })
  })
})

describe('a similar topic', () => {
  const alike = async (db: Db, title: string, category: string | null = null) => {
    const [row] = await db.sql<{ found: Listed[] }>`select similar_topics(${title}, ${category}) as found`
    return row!.found.map((topic) => topic.title)
  }

  test('is found by its words in any order, in both scripts, and with a letter mistyped', async ({ db }) => {
    const ada = await db.person('ada')
    for (const title of [
      'Leaks in compressed air',
      'Steam traps that fail',
      'من يقيس تسريب الهواء المضغوط؟',
    ]) {
      await open(db, ada, title)
    }
    expect((await alike(db, 'How do you find compressed air leaks?'))[0]).toBe('Leaks in compressed air')
    expect((await alike(db, 'تسريب في الهواء'))[0]).toBe('من يقيس تسريب الهواء المضغوط؟')
    expect((await alike(db, 'compresed'))[0]).toBe('Leaks in compressed air')
    for (const nothing of ['', 'a b', '%%%', '???', 'xylophone quartz'])
      expect(await alike(db, nothing)).toEqual([])
  })

  test('is one of five at most, one of the same category first, and follows its title', async ({ db }) => {
    const ada = await db.person('ada')
    for (const number of [1, 2, 3, 4, 5, 6])
      await open(db, ada, `Kiln temperature drifts ${number}`, { category: 'energy' })
    const here = await open(db, ada, 'Kiln temperature drifts 7')
    expect(await alike(db, 'Kiln temperature drifts', 'quality')).toHaveLength(5)
    expect((await alike(db, 'Kiln temperature drifts', 'quality'))[0]).toBe('Kiln temperature drifts 7')
    await db.asOwner()
    await db.sql`update topics set title = 'Renamed altogether' where id = ${here}`
    await db.as(ada)
    expect(await alike(db, 'Renamed altogether')).toEqual(['Renamed altogether'])
    await db.asOwner()
    await db.sql`update topics set deleted_at = now() where id = ${here}`
    await db.as(ada)
    expect(await alike(db, 'Renamed altogether')).toEqual([])
  })
})
