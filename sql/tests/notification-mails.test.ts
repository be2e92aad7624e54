import { notificationKinds } from '@p2p/contracts'
import { type Db, type Person, test } from '@p2p/database/testing'
import { describe, expect } from 'vitest'
import { answer, follow, mails, mentioning, open, prefer, told, unread } from './notifying.ts'

describe('how one wants to be told', () => {
  test('as usual at once, watched topics by the day; each kind as one says', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    await db.as(ada)
    const [row] = await db.sql`select my_notification_settings() as settings`
    expect(row!.settings).toMatchObject({ hour: 8, weekday: 0, time_zone: 'Asia/Riyadh' })
    expect(row!.settings.kinds.map(({ kind }: { kind: string }) => kind)).toEqual(notificationKinds)
    expect(row!.settings.kinds[4]).toEqual({ kind: 'watched_topic', in_app: true, email: 'daily' })

    await prefer(db, ada, 'reply', false, 'at_once')
    await prefer(db, ada, 'mention', false, 'none')
    const topic = await open(db, ada)
    await answer(db, bob, topic, 'Only by mail')
    await answer(db, bob, topic, mentioning(ada))
    expect(await told(db, ada)).toEqual([])
    expect(await mails(db, ada)).toMatchObject([{ pace: 'at_once', says: 1 }])
    await expect(db.sql`select set_digest_time(24, 0)`).rejects.toThrow()
  })

  test('reading all there is to see does not read what is for a mail alone', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    await prefer(db, ada, 'reply', false, 'daily')
    const topic = await open(db, ada)
    await answer(db, bob, topic, 'For the summary')
    const waiting = async () => {
      await db.asOwner()
      return (await db.sql`select from notifications where user_id = ${ada.id} and read_at is null`).length
    }
    await db.as(ada)
    await db.sql`select mark_notifications_read()`
    expect(await waiting()).toBe(1)
    await db.as(ada)
    await db.sql`select mark_notifications_read(null, ${`topic:${topic}`})`
    expect(await waiting()).toBe(0)
  })

  test('whoever takes a post back and writes it anew gets no second mail out within the hour', async ({
    db,
  }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada)
    const post = await answer(db, bob, topic, 'Look')
    const [mail] = await mails(db, ada)
    await db.sql`select private.close_notification_mail(${mail!.id})`
    await db.sql`update private.notification_mails set sent_at = now()`
    await db.as(bob)
    await db.sql`select delete_post(${post})`
    await answer(db, bob, topic, 'Look again')
    await db.asOwner()
    expect(
      await db.sql`
        select due_at = now() + interval '1 hour' as waits from private.notification_mails
        where user_id = ${ada.id} and closed_at is null`,
    ).toEqual([{ waits: true }])
  })

  test('a burst is one mail, due when its grace is over; the next waits for an hour', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada)
    await answer(db, bob, topic, 'One')
    await answer(db, bob, topic, 'Two')
    const [mail, ...others] = await mails(db, ada)
    expect(others).toEqual([])
    expect(mail).toMatchObject({ pace: 'at_once', says: 2 })
    const [job] = await db.sql`
      select start_after - now() as wait, data ->> 'mailId' as mail from pgboss.job where name = 'notifications.send-mail'`
    expect(job).toMatchObject({ mail: mail!.id, wait: { seconds: 30 } })

    await db.sql`select private.close_notification_mail(${mail!.id})`
    await db.sql`update private.notification_mails set sent_at = now()`
    await answer(db, bob, topic, 'Three')
    const [, next] = await mails(db, ada)
    expect(next).toMatchObject({ says: 1 })
    expect(
      await db.sql`select due_at = now() + interval '1 hour' as waits from private.notification_mails where id = ${next!.id}`,
    ).toEqual([{ waits: true }])
  })
})

describe('who is in the topic', () => {
  const mailed = async (db: Db, person: Person) => {
    const [mail] = await mails(db, person)
    const [row] = await db.sql`select private.notification_mail(${mail!.id}) as mail`
    return row!.mail !== null
  }
  /** As their page says it when they are told something: they need not have come to the new post. */
  const beThere = async (db: Db, person: Person, topic: string) => {
    await db.as(person)
    await db.sql`select mark_read(${topic}, 1)`
    // A test is one moment long; what happened before it was earlier.
    await db.asOwner()
    await db.sql`update notification_events set created_at = now() - interval '1 second'`
  }

  test('gets no mail about what happened there, and finds it unread in the centre', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada)
    await answer(db, bob, topic, 'Check the vents.')
    expect(await mailed(db, ada)).toBe(true)
    await beThere(db, ada, topic)
    expect(await mailed(db, ada)).toBe(false)
    expect(await unread(db, ada)).toBe(1)
  })

  test('gets a mail about what came after they left, though it joins the same notice', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada)
    await answer(db, bob, topic, 'One')
    await beThere(db, ada, topic)
    await answer(db, bob, topic, 'Two')
    expect(await mailed(db, ada)).toBe(true)
  })

  test('reads what is told of posts they have read', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada)
    const post = await answer(db, bob, topic, 'Mine')
    await db.asOwner()
    await db.sql`update topics set answer_id = ${post} where id = ${topic}`
    expect(await unread(db, bob)).toBe(1)
    await db.sql`select mark_read(${topic}, 2)`
    expect(await unread(db, bob)).toBe(0)
  })

  test('is mailed what moderators decided all the same; whoever muted it meanwhile, nothing else', async ({
    db,
  }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada)
    await db.as(null)
    await db.asOwner()
    await db.sql`update topics set locked_at = now() where id = ${topic}`
    await beThere(db, ada, topic)
    await follow(db, ada, topic, 'muted', 1)
    expect(await mailed(db, ada)).toBe(false)
    await db.sql`update notifications set read_at = null`
    expect(await mailed(db, ada)).toBe(true)

    const other = await open(db, bob)
    await answer(db, ada, other, 'Hello')
    expect(await mailed(db, bob)).toBe(true)
    await follow(db, bob, other, 'muted')
    expect(await mailed(db, bob)).toBe(false)
  })
})

describe('digests', () => {
  const at = async (db: Db, moment: string) =>
    (await db.sql`select private.make_digests(${moment}::timestamptz) as made`)[0]!.made
  const slot = async (db: Db, moment: string, zone: string, hour: number, weekday: number | null = null) =>
    (
      await db.sql`
        select private.last_slot(${moment}::timestamptz, ${zone}, ${hour}, ${weekday}::int) at time zone 'UTC' as slot`
    )[0]!.slot.toISOString()

  test.for([
    ['by the clock of Riyadh', '2026-11-21T05:00Z', 'Asia/Riyadh', 8, null, '2026-11-21T05:00'],
    ['a minute earlier it was yesterday', '2026-11-21T04:59Z', 'Asia/Riyadh', 8, null, '2026-11-20T05:00'],
    ['zones of half an hour', '2026-11-21T02:45Z', 'Asia/Kolkata', 8, null, '2026-11-21T02:30'],
    ['an hour that spring skips', '2026-03-29T02:00Z', 'Europe/Berlin', 2, null, '2026-03-29T01:00'],
    ['an hour that autumn repeats', '2026-10-25T02:30Z', 'Europe/Berlin', 2, null, '2026-10-25T01:00'],
    ['the other side of the change', '2026-10-26T02:30Z', 'Europe/Berlin', 2, null, '2026-10-26T01:00'],
    ['the weekday', '2026-11-21T12:00Z', 'Asia/Riyadh', 8, 0, '2026-11-15T05:00'],
    ['the weekday itself', '2026-11-22T05:00Z', 'Asia/Riyadh', 8, 0, '2026-11-22T05:00'],
    ['across the date line', '2026-11-21T19:00Z', 'Pacific/Auckland', 8, null, '2026-11-21T19:00'],
  ] as const)('%s', async ([, moment, zone, hour, weekday, expected], { db }) => {
    await db.asOwner()
    await db.sql`set local time zone 'UTC'`
    expect(await slot(db, moment, zone, hour, weekday)).toContain(expected)
  })

  test('a digest says once what was not read before its hour', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    await prefer(db, ada, 'reply', true, 'daily')
    const topic = await open(db, ada)
    await answer(db, bob, topic, 'One')
    await db.asOwner()
    await db.sql`update notification_events set created_at = '2026-11-20T10:00Z'`
    expect(await at(db, '2026-11-21T04:59Z')).toBe(0)
    expect(await at(db, '2026-11-21T05:00Z')).toBe(1)
    expect(await at(db, '2026-11-21T05:15Z')).toBe(0)
    expect(await at(db, '2026-11-22T05:00Z')).toBe(0)
    const [mail] = await mails(db, ada)
    expect(mail).toMatchObject({ pace: 'daily', says: 1 })
    const [row] = await db.sql`select private.notification_mail(${mail!.id}) as mail`
    expect(row!.mail).toMatchObject({
      user_id: ada.id,
      notices: [{ kind: 'reply', count: 1, title: 'Porosity in castings', number: 2, excerpt: 'One' }],
    })
  })

  test('what waited for a summary is in the next one, though its kind goes at once by now', async ({
    db,
  }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    await prefer(db, ada, 'reply', true, 'weekly')
    const topic = await open(db, ada)
    await answer(db, bob, topic, 'One')
    await prefer(db, ada, 'reply', true, 'at_once')
    await answer(db, bob, topic, 'Two')
    await db.asOwner()
    await db.sql`update notification_events set created_at = '2026-11-20T10:00Z'`
    expect(await at(db, '2026-11-21T05:00Z')).toBe(1)
    expect(await mails(db, ada)).toMatchObject([
      { pace: 'daily', says: 1 },
      { pace: 'at_once', says: 1 },
    ])
  })

  test('what was read goes into none, what is weekly not into the daily one', async ({ db }) => {
    const [ada, bob, wes] = [await db.person('ada'), await db.person('bob'), await db.person('wes')]
    await prefer(db, ada, 'reply', true, 'daily')
    await prefer(db, wes, 'watched_topic', true, 'weekly')
    const topic = await open(db, ada)
    await follow(db, wes, topic, 'watching')
    await answer(db, bob, topic, 'One')
    await db.as(ada)
    await db.sql`select mark_notifications_read()`
    await db.asOwner()
    await db.sql`update notification_events set created_at = '2026-11-20T10:00Z'`
    expect(await at(db, '2026-11-21T05:00Z')).toBe(0)
    expect(await at(db, '2026-11-22T05:00Z')).toBe(1)
    expect(await mails(db, wes)).toMatchObject([{ pace: 'weekly' }])
  })
})

describe('the link that ends mails', () => {
  const token = 'a'.repeat(43)
  const give = async (db: Db, person: Person, kinds = '{reply}') => {
    await db.asOwner()
    await db.sql`insert into private.unsubscribe_tokens (token_hash, user_id, kinds)
      values (private.token_hash(${token}), ${person.id}, ${kinds}::notification_kind[])`
  }
  const paces = async (db: Db, person: Person) => {
    await db.as(person)
    const [row] = await db.sql`select my_notification_settings() -> 'kinds' as kinds`
    return row!.kinds.filter(({ email }: { email: string }) => email === 'none').length
  }

  test('ends mails of its kinds, or all, and leaves the centre as it is', async ({ db }) => {
    const ada = await db.person('ada')
    await prefer(db, ada, 'reply', false, 'daily')
    await give(db, ada)
    await db.asService()
    expect(await db.sql`select read_unsubscribe_link(${token}, '203.0.113.7') as link`).toEqual([
      { link: { kinds: ['reply'] } },
    ])
    await db.sql`select unsubscribe(${token}, false, '203.0.113.7')`
    expect(await paces(db, ada)).toBe(1)
    await db.asService()
    await db.sql`select unsubscribe(${token}, true, '203.0.113.7')`
    expect(await paces(db, ada)).toBe(notificationKinds.length)
    const [row] = await db.sql`select my_notification_settings() -> 'kinds' -> 0 as reply`
    expect(row!.reply).toEqual({ kind: 'reply', in_app: false, email: 'none' })
  })

  test('a wrong one ends nothing, and after twenty of them nobody there is heard', async ({ db }) => {
    const ada = await db.person('ada')
    await give(db, ada)
    await db.asService()
    for (let guess = 0; guess < 20; guess += 1)
      expect(await db.sql`select unsubscribe(${`wrong ${guess}`}, true, '203.0.113.8') as link`).toEqual([
        { link: null },
      ])
    await db.sql`savepoint before`
    await expect(db.sql`select unsubscribe(${token}, true, '203.0.113.8')`).rejects.toMatchObject({
      code: 'PGRST',
    })
    await db.sql`rollback to before`
    expect(await paces(db, ada)).toBe(0)
  })
})
