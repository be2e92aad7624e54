import { test } from '@p2p/database/testing'
import { describe, expect } from 'vitest'
import { answer, follow, mails, mentioning, type Notice, open, told, unread } from './notifying.ts'

const summary = (notices: Notice[]) => notices.map(({ kind, count }) => [kind, count])
const refusal = (code: string) => expect.objectContaining({ detail: code })

describe('what one is told', () => {
  test('five answers are one notice, with those who wrote last', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const cleo = await db.person('cleo')
    const topic = await open(db, ada)
    for (const by of [bob, bob, bob, cleo, bob]) await answer(db, by, topic, 'Check the vents.')
    const [notice, ...others] = await told(db, ada)
    expect(others).toEqual([])
    expect(notice).toMatchObject({
      kind: 'reply',
      count: 5,
      thread: `topic:${topic}`,
      topic: { id: topic, title: 'Porosity in castings' },
      post: { number: 2, excerpt: 'Check the vents.' },
    })
    expect(notice!.actors.map(({ first_name }) => first_name)).toEqual(['bob', 'cleo'])
    expect(await unread(db, ada)).toBe(1)
  })

  test('nobody is told of what they did themselves', async ({ db }) => {
    const ada = await db.person('ada')
    const topic = await open(db, ada)
    const first = await answer(db, ada, topic, mentioning(ada))
    await answer(db, ada, topic, 'And more', first)
    await follow(db, ada, topic, 'watching')
    await answer(db, ada, topic, 'Still me')
    expect(await told(db, ada)).toEqual([])
  })

  test('a person is told of a post once, by what speaks to them most', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada)
    await follow(db, ada, topic, 'watching')
    await answer(db, bob, topic, mentioning(ada))
    expect(summary(await told(db, ada))).toEqual([['mention', 1]])
    await answer(db, bob, topic, 'An answer')
    expect(summary(await told(db, ada))).toEqual([
      ['reply', 1],
      ['mention', 1],
    ])
  })

  test('whoever watches hears of every post; whoever muted hears nothing', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const [wes, mia] = [await db.person('wes'), await db.person('mia')]
    const topic = await open(db, ada)
    const first = await answer(db, mia, topic, 'Mine')
    await follow(db, wes, topic, 'watching')
    await follow(db, mia, topic, 'muted')
    await answer(db, bob, topic, 'To Mia', first)
    await answer(db, bob, topic, mentioning(mia))
    expect(summary(await told(db, wes))).toEqual([['watched_topic', 2]])
    expect(await told(db, mia)).toEqual([])
  })

  test('a mention added later is told to whom it was not told before', async ({ db }) => {
    const [ada, bob, cleo] = [await db.person('ada'), await db.person('bob'), await db.person('cleo')]
    const topic = await open(db, ada)
    const post = await answer(db, ada, topic, mentioning(bob))
    for (const body of [mentioning(bob, cleo), mentioning(bob), mentioning(cleo, bob)])
      await db.sql`select edit_post(${post}, ${body})`
    expect(summary(await told(db, bob))).toEqual([['mention', 1]])
    expect(summary(await told(db, cleo))).toEqual([['mention', 1]])
  })

  test('a post that is deleted before it was read takes its notice back', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada)
    const posts = [await answer(db, bob, topic, 'One'), await answer(db, bob, topic, 'Two')]
    await db.sql`select delete_post(${posts[0]!})`
    expect(await told(db, ada)).toMatchObject([{ count: 1, post: { number: 3 } }])
    await db.as(bob)
    await db.sql`select delete_post(${posts[1]!})`
    expect(await told(db, ada)).toEqual([])
    expect(await unread(db, ada)).toBe(0)
  })

  test('the best answer is told to its author, and taken back with the choice', async ({ db }) => {
    const [ada, bob, cleo] = [await db.person('ada'), await db.person('bob'), await db.person('cleo')]
    const topic = await open(db, ada)
    const [his, hers] = [await answer(db, bob, topic, 'His'), await answer(db, cleo, topic, 'Hers')]
    await db.asOwner()
    await db.sql`update topics set answer_id = ${his} where id = ${topic}`
    expect(summary(await told(db, bob))).toEqual([['best_answer', 1]])
    await db.asOwner()
    await db.sql`update topics set answer_id = ${hers} where id = ${topic}`
    expect(await told(db, bob)).toEqual([])
    expect(summary(await told(db, cleo))).toEqual([['best_answer', 1]])
  })

  test('its author hears that somebody else closed a topic', async ({ db }) => {
    const ada = await db.person('ada')
    const topic = await open(db, ada)
    await db.as(null)
    await db.asOwner()
    await db.sql`update topics set locked_at = now() where id = ${topic}`
    expect(await told(db, ada)).toMatchObject([{ kind: 'moderation', post: null, actors: [] }])
  })
})

describe('what happens to the same row again', () => {
  test('is told again, and counted once', async ({ db }) => {
    const ada = await db.person('ada')
    const topic = await open(db, ada)
    await db.as(null)
    await db.asOwner()
    const lock = () => db.sql`update topics set locked_at = now() where id = ${topic}`
    await lock()
    const [mail] = await mails(db, ada)
    await db.sql`select private.close_notification_mail(${mail!.id})`
    await db.sql`update topics set locked_at = null where id = ${topic}`
    await lock()
    expect(await mails(db, ada)).toMatchObject([{ says: 0 }, { says: 1 }])
    expect(await told(db, ada)).toMatchObject([{ kind: 'moderation', count: 1 }])
  })
})

describe('what one has read', () => {
  test('what happens after reading begins a new notice', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada)
    await answer(db, bob, topic, 'One')
    const [notice] = await told(db, ada)
    await db.sql`select mark_notifications_read(${[notice!.id]})`
    expect(await unread(db, ada)).toBe(0)
    await answer(db, bob, topic, 'Two')
    expect(summary(await told(db, ada))).toEqual([
      ['reply', 1],
      ['reply', 1],
    ])
    expect(summary(await told(db, ada, true))).toEqual([['reply', 1]])
    await db.sql`select mark_notifications_read(null, ${`topic:${topic}`})`
    expect(await told(db, ada, true)).toEqual([])
  })

  test('reading a topic reads what was told of it, as far as one has come', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada)
    await answer(db, bob, topic, 'Two')
    await answer(db, bob, topic, 'Three')
    await follow(db, ada, topic, null, 2)
    expect(await unread(db, ada)).toBe(1)
    await follow(db, ada, topic, null, 3)
    expect(await unread(db, ada)).toBe(0)
  })

  test('pages go on where they ended, and all can be read at once', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topics = []
    for (let i = 0; i < 5; i += 1) topics.push(await open(db, ada))
    for (const topic of topics) await answer(db, bob, topic, 'Hello')
    await db.as(ada)
    const seen: string[] = []
    let after: string | null = null
    do {
      const [row]: { list: { notifications: { topic: { id: string } }[]; next: string | null } }[] =
        await db.sql`select list_notifications(${after}, 2) as list`
      seen.push(...row!.list.notifications.map(({ topic }) => topic.id))
      after = row!.list.next
    } while (after)
    expect(seen).toEqual(topics.toReversed())
    await db.sql`select mark_notifications_read()`
    expect(await unread(db, ada)).toBe(0)
    await expect(db.sql`select list_notifications('rubbish')`).rejects.toThrow(refusal('cursor_invalid'))
  })
})

describe('who is told, and who sees it', () => {
  test('a stranger sees nothing of it and reads nothing for another', async ({ db }) => {
    const [ada, bob, eve] = [await db.person('ada'), await db.person('bob'), await db.person('eve')]
    const topic = await open(db, ada)
    await answer(db, bob, topic, 'For Ada')
    const [notice] = await told(db, ada)
    await db.as(eve)
    expect(await db.sql`select id from notifications`).toEqual([])
    expect(await db.sql`select notification_id from notification_events`).toEqual([])
    await db.sql`select mark_notifications_read(${[notice!.id]})`
    expect(await unread(db, ada)).toBe(1)
  })

  test('a mention tells nobody of a topic that is not open to them', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const abe = await db.colleague(ada, 'abe')
    const topic = await open(db, ada, 'organization')
    await answer(db, ada, topic, mentioning(bob, abe))
    expect(await told(db, bob)).toEqual([])
    await db.asOwner()
    expect(await db.sql`select from notifications where user_id = ${bob.id}`).toEqual([])
    expect(summary(await told(db, abe))).toEqual([['mention', 1]])
  })

  test('what may not be read any more is not shown, not counted, and not mailed', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, bob)
    await answer(db, bob, topic, mentioning(ada))
    expect(await unread(db, ada)).toBe(1)
    await db.asOwner()
    await db.sql`update topics set visibility = 'organization' where id = ${topic}`
    expect(await told(db, ada)).toEqual([])
    expect(await unread(db, ada)).toBe(0)
    const [mail] = await mails(db, ada)
    expect(await db.sql`select private.notification_mail(${mail!.id}) as mail`).toEqual([{ mail: null }])
  })

  test('whoever is deactivated is told nothing', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada)
    await db.asOwner()
    await db.sql`update profiles set status = 'deactivated' where id = ${ada.id}`
    await answer(db, bob, topic, 'Anybody there?')
    await db.asOwner()
    expect(await db.sql`select from notifications`).toEqual([])
  })

  test('own channels hear of it and of its reading', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada)
    await answer(db, bob, topic, 'One')
    await answer(db, bob, topic, 'Two')
    await db.as(ada)
    await db.sql`select mark_notifications_read()`
    await db.asOwner()
    const heard = await db.sql`
      select event, payload - 'id' as payload from realtime.messages where topic = ${`user:${ada.id}`} order by inserted_at, event`
    expect(heard.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['notifications_read', 'notified', 'notified']),
    )
    expect(heard).toHaveLength(3)
    expect(JSON.stringify(heard)).not.toMatch(/Porosity|bob/)
  })
})
