import { type Db, type Person, paragraphs, test } from '@p2p/database/testing'
import { describe, expect } from 'vitest'

const open = async (
  db: Db,
  by: Person,
  more: { visibility?: string; title?: string; category?: string } = {},
) => {
  await db.as(by)
  const [row] = await db.sql`
    select open_topic(${more.category ?? 'quality'}, ${more.title ?? 'Porosity in castings'}, ${paragraphs('We see pores.')},
      ${more.visibility ?? 'community'}) as id`
  return row.id as string
}

const answer = async (db: Db, by: Person, topic: string, text: string, parent: string | null = null) => {
  await db.as(by)
  const [row] = await db.sql`select reply(${topic}, ${paragraphs(text)}, ${parent}) as post`
  return row.post
}

/** The topic with the posts of its first page, in the order they were written. */
const page = async (db: Db, by: Person, topic: string) => {
  await db.as(by)
  const [{ page }] = await db.sql`select topic_page(${topic}) as page`
  type Post = { id: string; number: number; parent_id: string; mine: boolean; deleted_at: string | null }
  const branches: { post: Post; replies: Post[] }[] = page.branches
  const posts = [page.opening as Post, ...branches.flatMap(({ post, replies }) => [post, ...replies])]
  return { topic: page.topic, posts: posts.toSorted((a, b) => a.number - b.number), next: page.next }
}

const list = async (
  db: Db,
  by: Person,
  category: string | null = null,
  after: string | null = null,
  size = 20,
) => {
  await db.as(by)
  const filters = category ? { category } : {}
  return (await db.sql`select list_topics(${filters}, 'activity', ${after}, ${size}) as list`)[0].list
}

const refusal = (status: number, code: string) => ({ code: `PT${status}`, detail: code })

describe('a conversation', () => {
  test('a topic opens with its first post, and answers hang where they were given', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada)
    const first = await answer(db, bob, topic, 'Check the vents.')
    const second = await answer(db, ada, topic, 'Which ones?', first.id)

    const seen = await page(db, bob, topic)
    expect(seen.topic).toMatchObject({
      title: 'Porosity in castings',
      reply_count: 2,
      excerpt: 'We see pores.',
      author: { id: ada.id, organization: { id: ada.organization } },
      last_author: { id: ada.id, first_name: 'ada' },
    })
    expect(
      seen.posts.map((post: { number: number; parent_id: string; mine: boolean }) => [
        post.number,
        post.parent_id,
        post.mine,
      ]),
    ).toEqual([
      [1, null, false],
      [2, null, true],
      [3, first.id, false],
    ])
    expect(seen.posts[2]?.id).toBe(second.id)
    expect(seen.next).toBe(null)
  })

  test('to answer the opening post is to answer the topic', async ({ db }) => {
    const ada = await db.person('ada')
    const topic = await open(db, ada)
    const [opening] = (await page(db, ada, topic)).posts
    expect((await answer(db, ada, topic, 'More of it', opening?.id)).parent_id).toBe(null)
  })

  test('asking again with the same id changes nothing', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada)
    const id = crypto.randomUUID()
    const ask = () => db.sql`select reply(${topic}, ${paragraphs('Once')}, null, ${id}) ->> 'id' as id`
    expect(await ask()).toEqual([{ id }])
    expect(await ask()).toEqual([{ id }])
    expect((await page(db, ada, topic)).topic.reply_count).toBe(1)
    await db.as(bob)
    await expect(ask()).rejects.toMatchObject(refusal(409, 'id_taken'))
  })

  test('whoever lost the answer hears that it went well, though the topic was closed since', async ({
    db,
  }) => {
    const ada = await db.person('ada')
    const topic = await open(db, ada)
    const id = crypto.randomUUID()
    const ask = () => db.sql`select reply(${topic}, ${paragraphs('Once')}, null, ${id}) ->> 'id' as id`
    await ask()
    await db.asOwner()
    await db.sql`update topics set locked_at = now() where id = ${topic}`
    await db.as(ada)
    expect(await ask()).toEqual([{ id }])
  })

  test('a reply that is taken back moves nothing: the topic stands where its newest post puts it', async ({
    db,
  }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada)
    const standing = async () => {
      await db.asOwner()
      return db.sql`select last_post_at, last_author_id, reply_count from topics where id = ${topic}`
    }
    await answer(db, ada, topic, 'First')
    const before = await standing()
    const last = await answer(db, bob, topic, 'Up again')
    expect(await standing()).toMatchObject([{ last_author_id: bob.id, reply_count: 2 }])
    await db.as(bob)
    await db.sql`select delete_post(${last.id})`
    expect(await standing()).toEqual(before)
  })

  test('the author edits; nobody else does', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada)
    const post = await answer(db, bob, topic, 'Frist')
    const [edited] = await db.sql`select edit_post(${post.id}, ${paragraphs('First')}) as post`
    expect(edited.post.body).toEqual(paragraphs('First'))
    expect(edited.post.edited_at).not.toBe(null)
    await db.as(ada)
    await expect(db.sql`select edit_post(${post.id}, ${paragraphs('Mine')})`).rejects.toMatchObject(
      refusal(403, 'not_allowed'),
    )
  })

  test('a deleted post leaves its place and no word', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada)
    const post = await answer(db, bob, topic, 'Something I regret')
    await answer(db, ada, topic, 'Why?', post.id)
    await db.as(bob)
    await db.sql`select delete_post(${post.id})`
    const seen = await page(db, ada, topic)
    expect(seen.posts[1]).toMatchObject({ body: null, number: 2 })
    expect(seen.posts[1]?.deleted_at).not.toBe(null)
    expect(seen.topic.reply_count).toBe(1)
    expect(JSON.stringify(await db.sql`select * from posts`)).not.toContain('regret')
    await expect(db.sql`select reply(${topic}, ${paragraphs('x')}, ${post.id})`).rejects.toMatchObject(
      refusal(422, 'parent_invalid'),
    )
  })

  test('a topic goes with its opening while nobody has answered, and not later', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const [lonely, answered] = [await open(db, ada), await open(db, ada)]
    await answer(db, bob, answered, 'Hello')
    const opening = async (topic: string) => (await page(db, ada, topic)).posts[0]?.id
    await db.as(ada)
    await db.sql`select delete_post(${await opening(lonely)})`
    const stays = await opening(answered)
    expect((await list(db, bob)).topics.map((topic: { id: string }) => topic.id)).toEqual([answered])
    await db.as(ada)
    expect(await db.sql`select topic_count from categories where slug = 'quality'`).toEqual([
      { topic_count: 1 },
    ])
    await expect(db.sql`select delete_post(${stays})`).rejects.toMatchObject(
      refusal(409, 'topic_has_replies'),
    )
  })

  test('a closed topic takes no answer', async ({ db }) => {
    const ada = await db.person('ada')
    const topic = await open(db, ada)
    await db.asOwner()
    await db.sql`update topics set locked_at = now() where id = ${topic}`
    await expect(answer(db, ada, topic, 'One more thing')).rejects.toMatchObject(refusal(409, 'topic_locked'))
  })
})

describe('lists', () => {
  test('pinned first, then by the newest post, page by page', async ({ db }) => {
    const ada = await db.person('ada')
    const topics = []
    for (const title of ['first', 'second', 'third', 'fourth']) topics.push(await open(db, ada, { title }))
    await db.asOwner()
    await db.sql`update topics set last_post_at = now() + array_position(${topics}::uuid[], id) * interval '1 second'`
    await db.sql`update topics set pinned_in = 'forum', pinned_at = now() where title = 'second'`
    const titles = ({ topics }: { topics: { title: string }[] }) => topics.map(({ title }) => title)
    const one = await list(db, ada, null, null, 1)
    const two = await list(db, ada, null, one.next, 2)
    const three = await list(db, ada, null, two.next, 2)
    expect([titles(one), titles(two), titles(three)]).toEqual([['second'], ['fourth', 'third'], ['first']])
    expect(three.next).toBe(null)
  })

  test('a category shows and counts what the reader can read', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    await open(db, ada, { category: 'energy' })
    await open(db, ada, { category: 'energy', visibility: 'organization' })
    await open(db, ada, { category: 'supply', visibility: 'organization' })
    const shelves = async (reader: Person) => {
      await db.as(reader)
      return db.sql`
        select slug, topic_count as topics, last_post_at is not null as lively
        from list_categories() where slug in ('energy', 'quality', 'supply') order by slug`
    }
    expect((await list(db, ada, 'energy')).topics).toHaveLength(2)
    expect((await list(db, bob, 'energy')).topics).toHaveLength(1)
    expect(await shelves(ada)).toEqual([
      { slug: 'energy', topics: 2, lively: true },
      { slug: 'quality', topics: 0, lively: false },
      { slug: 'supply', topics: 1, lively: true },
    ])
    expect(await shelves(bob)).toEqual([
      { slug: 'energy', topics: 1, lively: true },
      { slug: 'quality', topics: 0, lively: false },
      { slug: 'supply', topics: 0, lively: false },
    ])
  })

  test.for([
    'x',
    't_1_',
    "t_1_' or true",
    'f_99999999999999999999_ffffffff-ffff-ffff-ffff-ffffffffffff',
    't_1_-----------------------------------f',
  ])('a cursor like %s is refused', async (cursor, { db }) => {
    const ada = await db.person('ada')
    await expect(list(db, ada, null, cursor)).rejects.toMatchObject(refusal(422, 'cursor_invalid'))
  })

  test('a category that is not there is not found', async ({ db }) => {
    await expect(list(db, await db.person('ada'), 'nowhere')).rejects.toMatchObject(refusal(404, 'not_found'))
  })
})

describe('what one can read', () => {
  test('a topic of the organization stays in it', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const abe = await db.colleague(ada, 'abe')
    const topic = await open(db, ada, { visibility: 'organization' })
    expect((await page(db, abe, topic)).topic.id).toBe(topic)
    for (const act of [() => page(db, bob, topic), () => answer(db, bob, topic, 'Let me in')]) {
      await db.as(bob)
      await db.sql`savepoint before`
      await expect(act()).rejects.toMatchObject(refusal(404, 'not_found'))
      await db.sql`rollback to before`
    }
    expect((await list(db, bob)).topics).toEqual([])
    expect(await db.sql`select * from posts`).toEqual([])
  })

  test('posts follow their topic when its readers change', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada)
    await db.asOwner()
    await db.sql`update topics set visibility = 'organization' where id = ${topic}`
    await db.as(bob)
    expect(await db.sql`select * from posts`).toEqual([])
  })

  test('nobody writes a row past the functions', async ({ db }) => {
    const ada = await db.person('ada')
    await open(db, ada)
    await db.as(ada)
    for (const statement of [
      `update topics set title = 'Mine now'`,
      `update posts set body = '{}'`,
      `delete from posts`,
      `insert into posts (topic_id) select id from topics`,
      `update categories set name_en = 'x'`,
    ]) {
      await db.sql`savepoint before`
      await expect(db.client.query(statement)).rejects.toThrow('permission denied')
      await db.sql`rollback to before`
    }
  })

  test.for(['', 'abc', ' a  ', 'x'.repeat(161), 'a\nbcd', '\u202Eabcd'])(
    'a title like "%s" is refused',
    async (title, { db }) => {
      await expect(open(db, await db.person('ada'), { title })).rejects.toMatchObject(
        refusal(422, 'title_invalid'),
      )
    },
  )

  test('a person whose account is gone leaves what they wrote', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada)
    await answer(db, bob, topic, 'I was here')
    await db.asOwner()
    await db.sql`delete from auth.users where id = ${bob.id}`
    expect((await page(db, ada, topic)).posts[1]).toMatchObject({
      author: null,
      body: paragraphs('I was here'),
    })
  })
})

describe('channels', () => {
  const mayJoin = async (db: Db, by: Person | null, topic: string, extension = 'broadcast') => {
    await db.asOwner()
    await db.sql`select set_config('realtime.topic', ${topic}, true)`
    await db.sql`savepoint probe`
    await db.sql`insert into realtime.messages (topic, extension, private) values (${topic}, ${extension}, true)`
    await db.as(by)
    const read =
      (await db.sql`select id from realtime.messages where topic = ${topic}`.catch(() => [])).length > 0
    await db.sql`rollback to probe`
    await db.as(by)
    const write =
      await db.sql`insert into realtime.messages (topic, extension, private) values (${topic}, ${extension}, true)`
        .then(() => true)
        .catch(() => false)
    await db.sql`rollback to probe`
    return { read, write }
  }

  test('a topic is heard and typed in by those who read it', async ({ db }) => {
    const [ada, bob, pia] = [
      await db.person('ada'),
      await db.person('bob'),
      await db.person('pia', { verified: false }),
    ]
    const open_ = await open(db, ada)
    const closed = await open(db, ada, { visibility: 'organization' })
    expect(await mayJoin(db, bob, `topic:${open_}`)).toEqual({ read: true, write: true })
    expect(await mayJoin(db, bob, `topic:${open_}`, 'presence')).toEqual({ read: true, write: true })
    expect(await mayJoin(db, ada, `topic:${closed}:${ada.organization}`)).toEqual({ read: true, write: true })
    for (const [who, topic] of [
      [bob, `topic:${closed}:${ada.organization}`],
      [bob, `topic:${closed}:${bob.organization}`],
      [bob, `topic:${closed}`],
      [ada, `topic:${closed}`],
      [ada, `topic:${open_}:${ada.organization}`],
      [pia, `topic:${open_}`],
      [null, `topic:${open_}`],
      [bob, `topic:${crypto.randomUUID()}`],
      [bob, 'topic:x'],
      [bob, 'anything'],
      [bob, `user:${ada.id}`],
    ] as const) {
      expect(await mayJoin(db, who, topic), `${who?.name} ${topic}`).toEqual({ read: false, write: false })
    }
  })

  test('lists are heard, and only the database speaks in them', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    expect(await mayJoin(db, bob, 'forum')).toEqual({ read: true, write: false })
    expect(await mayJoin(db, ada, `organization:${ada.organization}`)).toEqual({ read: true, write: false })
    expect(await mayJoin(db, bob, `organization:${ada.organization}`)).toEqual({ read: false, write: false })
  })

  test('each change is told on the channel of those who can read it', async ({ db }) => {
    const ada = await db.person('ada')
    // That she joined was told too.
    await db.sql`delete from realtime.messages`
    const topic = await open(db, ada)
    const closed = await open(db, ada, { visibility: 'organization' })
    const post = await answer(db, ada, topic, 'Hello')
    await db.sql`select edit_post(${post.id}, ${paragraphs('Hello!')})`
    await db.sql`select delete_post(${post.id})`
    await db.asOwner()
    const told = await db.sql<{
      topic: string
      event: string
    }>`select topic, event from realtime.messages where private`
    const on = (channel: string) => told.filter(({ topic }) => topic === channel).map(({ event }) => event)
    expect(on(`topic:${topic}`)).toEqual(['post_created', 'post_created', 'post_edited', 'post_deleted'])
    expect(on('forum')).toEqual(['topic_opened', 'topic_changed', 'topic_changed'])
    expect(on(`organization:${ada.organization}`)).toEqual(['topic_opened'])
    expect(on(`topic:${closed}:${ada.organization}`)).toEqual(['post_created'])
  })

  test('what becomes one company’s own goes on where those who listened before do not hear it', async ({
    db,
  }) => {
    const ada = await db.person('ada')
    const topic = await open(db, ada)
    await db.asOwner()
    await db.sql`delete from realtime.messages`
    await db.as(ada)
    await db.sql`select edit_topic(${topic}, visibility => 'organization')`
    await answer(db, ada, topic, 'Between us')
    await db.asOwner()
    const told = await db.sql<{ topic: string; event: string }>`
      select topic, event from realtime.messages where topic like 'topic:%' order by event`
    const on = (channel: string) => told.filter(({ topic }) => topic === channel).map(({ event }) => event)
    expect(on(`topic:${topic}`)).toEqual(['topic_changed'])
    expect(on(`topic:${topic}:${ada.organization}`)).toEqual(['post_created', 'topic_changed'])
  })
})
