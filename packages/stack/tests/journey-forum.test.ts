import {
  deletePost,
  editPost,
  joinForum,
  joinTopic,
  listTopics,
  openTopic,
  readMe,
  readPostHistory,
  readPostsSince,
  readTopic,
  reply,
} from '@p2p/client'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Ground, startGround } from '../testing/ground.ts'
import { document, founder, member, type Person, rowsOf } from './companies.ts'

/* Two people of two companies meet in the forum: each test goes on where the one before it ended. */

let stack: Ground
let ada: Person
let bob: Person
beforeAll(async () => {
  stack = await startGround()
  ada = await member(stack, founder('Ada'))
  bob = await member(stack, founder('بوب', { email: `bob@bobs-works-${process.pid}.example`, locale: 'ar' }))
})
afterAll(async () => {
  for (const person of [ada, bob]) await person?.supabase.removeAllChannels()
  await stack?.stop()
})

const sql = (text: string, values?: unknown[]) => rowsOf(stack, text, values)

const open = (person: Person, title: string, visibility: 'community' | 'organization' = 'community') =>
  openTopic(person.supabase, { category: 'energy', title, body: document(`${title}.`), visibility })

/** Has the topic's page open, and keeps what comes. */
async function opens({ supabase, id }: Person, topic: string) {
  const came = { posts: [] as object[], typing: [] as string[], present: [] as string[] }
  const onConnection = vi.fn<(connection: string) => void>()
  const room = joinTopic(supabase, {
    topic,
    me: id,
    onConnection,
    onPost: (event) => void came.posts.push(event),
    onTyping: (who) => void came.typing.push(who),
    onPresent: (who) => {
      came.present = who.toSorted()
    },
  })
  await vi.waitFor(() => expect(onConnection).toHaveBeenCalled(), { timeout: 20_000 })
  return { ...room, came, connection: onConnection.mock.lastCall?.[0] }
}

describe('Ada and Bob', () => {
  let topic: string
  let here: Awaited<ReturnType<typeof opens>>
  let there: Awaited<ReturnType<typeof opens>>
  const first = async ({ supabase }: Person) => {
    const [branch] = (await readTopic(supabase, { topic })).branches
    if (!branch) throw new Error('Nobody has answered yet.')
    return branch.post
  }

  test('Bob, who has the forum open, is told of the topic Ada opens, and reads it', async () => {
    const told: object[] = []
    const onConnection = vi.fn()
    const forum = joinForum(bob.supabase, {
      organization: bob.me.organization.id,
      onTopic: (event) => void told.push(event),
      onConnection,
    })
    await vi.waitFor(() => expect(onConnection.mock.calls).toEqual([['joined'], ['joined']]), 20_000)
    topic = await open(ada, 'Our furnace draws too much')
    await expect.poll(() => told).toContainEqual({ name: 'topic_opened', topic_id: topic })
    await forum.leave()

    const page = await readTopic(bob.supabase, { topic })
    expect(page.topic).toMatchObject({ title: 'Our furnace draws too much', reply_count: 0 })
    expect(page.topic.author).toMatchObject({ id: ada.id, organization: { name: 'Works of Ada' } })
    expect(page.opening).toMatchObject({ is_opening: true, mine: false, body: { type: 'doc' } })
    expect(page.branches).toEqual([])
  })

  test('two parts of his page listen at the same time, and the second goes on when the first has gone', async () => {
    const told: Record<'list' | 'count', object[]> = { list: [], count: [] }
    const listen = (part: 'list' | 'count', onConnection: (connection: string) => void) =>
      joinForum(bob.supabase, {
        organization: bob.me.organization.id,
        onTopic: (event) => void told[part].push(event),
        onConnection,
      })
    const [first, second] = [vi.fn(), vi.fn()]
    const list = listen('list', first)
    await vi.waitFor(() => expect(first.mock.calls).toEqual([['joined'], ['joined']]), 20_000)
    const count = listen('count', second)
    expect(second.mock.calls).toEqual([['joined'], ['joined']])
    const one = await open(ada, 'The first of two')
    for (const part of ['list', 'count'] as const)
      await expect.poll(() => told[part]).toContainEqual({ name: 'topic_opened', topic_id: one })
    await list.leave()
    const two = await open(ada, 'The second of two')
    await expect.poll(() => told.count).toContainEqual({ name: 'topic_opened', topic_id: two })
    expect(told.list).not.toContainEqual({ name: 'topic_opened', topic_id: two })
    await count.leave()
  })

  test('each sees who is there', async () => {
    here = await opens(ada, topic)
    there = await opens(bob, topic)
    const both = [ada.id, bob.id].toSorted()
    await expect.poll(() => here.came.present).toEqual(both)
    await expect.poll(() => there.came.present).toEqual(both)
  })

  test('Ada sees Bob typing, and Bob does not see himself', async () => {
    there.typing()
    await expect.poll(() => here.came.typing).toEqual([bob.id])
    expect(there.came.typing).toEqual([])
  })

  test('his answer arrives while she looks, and she reads it', async () => {
    const { mark } = await readTopic(ada.supabase, { topic })
    const post = await reply(bob.supabase, { topic, body: document('قِس الحمل أولًا') })
    await expect
      .poll(() => here.came.posts)
      .toEqual([{ name: 'post_created', post_id: post.id, parent_id: null, author_id: bob.id }])
    const told = await readPostsSince(ada.supabase, { topic, mark })
    expect(told.posts).toMatchObject([
      { id: post.id, number: 2, mine: false, author: { id: bob.id }, body: document('قِس الحمل أولًا') },
    ])
    expect(told.topic.reply_count).toBe(1)
    expect((await readPostsSince(ada.supabase, { topic, mark: told.mark })).posts).toEqual([])
  })

  test('her answer to his, asked twice because the first answer was lost, is there once', async () => {
    const parent = (await first(ada)).id
    const nested = { topic, parent, body: document('It is 40 % over night'), id: crypto.randomUUID() }
    const once = await reply(ada.supabase, nested)
    expect(await reply(ada.supabase, nested)).toEqual(once)
    await expect
      .poll(() => there.came.posts)
      .toContainEqual(
        expect.objectContaining({ name: 'post_created', post_id: nested.id, parent_id: parent }),
      )
    const { topic: head, branches } = await readTopic(bob.supabase, { topic })
    expect(head.reply_count).toBe(2)
    expect(branches).toMatchObject([{ post: { id: parent }, replies: [{ id: nested.id }], gaps: [] }])
  })

  test('what he changes and takes back arrives too', async () => {
    const post = (await first(bob)).id
    await editPost(bob.supabase, { post, body: document('Measure the load first') })
    await expect.poll(() => here.came.posts).toContainEqual(expect.objectContaining({ name: 'post_edited' }))
    expect((await first(ada)).edited_at).not.toBeNull()
    expect((await readPostHistory(ada.supabase, { post })).versions.map(({ body }) => body)).toEqual([
      document('Measure the load first'),
      document('قِس الحمل أولًا'),
    ])

    await deletePost(bob.supabase, post)
    await expect.poll(() => here.came.posts).toContainEqual(expect.objectContaining({ name: 'post_deleted' }))
    const gone = await first(ada)
    expect(gone).toMatchObject({ id: post, body: null })
    expect(gone.deleted_at).not.toBeNull()
    const raw = await ada.supabase.from('posts').select('body, body_text').eq('id', post)
    expect(raw.data).toEqual([{ body: null, body_text: null }])
  })

  test('when Bob leaves, Ada is alone', async () => {
    await there.leave()
    await expect.poll(() => here.came.present).toEqual([ada.id])
    await here.leave()
  })
})

describe('what Ada keeps in her company', () => {
  test('never reaches Bob, neither by list, nor by id, nor by channel', async () => {
    const told: Record<string, object[]> = { [ada.id]: [], [bob.id]: [] }
    const joined = vi.fn()
    const forums = [ada, bob].map(({ supabase, id, me }) =>
      joinForum(supabase, {
        organization: me.organization.id,
        onTopic: (event) => void told[id]?.push(event),
        onConnection: joined,
      }),
    )
    await vi.waitFor(() => expect(joined).toHaveBeenCalledTimes(4), 20_000)
    const secret = await open(ada, 'Our prices for next year', 'organization')
    await expect.poll(() => told[ada.id]).toContainEqual({ name: 'topic_opened', topic_id: secret })
    // What is open to all comes after it, by the same way.
    const open_ = await open(ada, 'What does a bearing cost', 'community')
    await expect.poll(() => told[bob.id]).toEqual([{ name: 'topic_opened', topic_id: open_ }])
    for (const forum of forums) await forum.leave()

    expect((await listTopics(bob.supabase)).topics.map(({ id }) => id)).not.toContain(secret)
    expect((await listTopics(ada.supabase)).topics.map(({ id }) => id)).toContain(secret)
    await expect(readTopic(bob.supabase, { topic: secret })).rejects.toMatchObject({ code: 'not_found' })
    expect((await bob.supabase.from('topics').select().eq('id', secret)).data).toEqual([])
    expect((await bob.supabase.from('posts').select().eq('topic_id', secret)).data).toEqual([])
    expect((await opens(bob, secret)).connection).toBe('refused')
  })
})

describe('a person who may act no more', () => {
  const stops = {
    'is deactivated': [
      `update public.profiles set status = 'deactivated' where id = $1`,
      `update public.profiles set status = 'active' where id = $1`,
    ],
    'works for a suspended company': [
      `update public.organizations set status = 'suspended' where id = (select organization_id from public.memberships where user_id = $1)`,
      `update public.organizations set status = 'active' where id = (select organization_id from public.memberships where user_id = $1)`,
    ],
  }
  for (const [why, [stop = '', resume = '']] of Object.entries(stops)) {
    test(`because Bob ${why}, he reads and writes nothing at once, with the session he has`, async () => {
      const topic = await open(ada, `While Bob ${why}`)
      await readTopic(bob.supabase, { topic })
      await sql(stop, [bob.id])
      const acts = [
        () => listTopics(bob.supabase),
        () => readTopic(bob.supabase, { topic }),
        () => reply(bob.supabase, { topic, body: document('Am I here?') }),
        () => open(bob, 'Is anybody here'),
      ]
      for (const act of acts) await expect(act()).rejects.toMatchObject({ code: 'not_active' })
      for (const table of ['topics', 'posts', 'organizations', 'memberships', 'categories'] as const) {
        expect((await bob.supabase.from(table).select()).data, table).toEqual([])
      }
      expect((await opens(bob, topic)).connection).toBe('refused')
      expect(await readMe(bob.supabase)).toMatchObject({ id: bob.id })

      await sql(resume, [bob.id])
      await readTopic(bob.supabase, { topic })
    })
  }
})
