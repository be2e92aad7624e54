import { describe, expect } from 'vitest'
import { test, until, type Workshop } from '../../../testing/workshop.ts'

const queue = 'notifications.send-mail'
const document = (text: string) => ({
  type: 'doc',
  content: [{ type: 'paragraph', content: [{ type: 'text', text }] }],
})

/** What somebody does through the Data API. */
async function as<T>(
  { db }: Workshop,
  person: string,
  statement: string,
  values: unknown[] = [],
): Promise<T> {
  const client = await db.connect()
  try {
    await client.query('begin')
    await client.query(
      `insert into auth.sessions (id, user_id, aal) values ($1, $1, 'aal1') on conflict do nothing`,
      [person],
    )
    await client.query(`select set_config('request.jwt.claims', $1, true)`, [
      JSON.stringify({ sub: person, session_id: person, role: 'authenticated' }),
    ])
    await client.query('set local role authenticated')
    const { rows } = await client.query(statement, values)
    await client.query('commit')
    return rows[0].answer
  } finally {
    client.release()
  }
}

const openTopic = (workshop: Workshop, by: string, title = 'Porosity in castings') =>
  as<string>(workshop, by, `select open_topic('quality', $2, $1) as answer`, [
    document('We see pores.'),
    title,
  ])
const answer = (workshop: Workshop, by: string, topic: string, text: string) =>
  as(workshop, by, 'select reply($1, $2) as answer', [topic, document(text)])
const prefer = (workshop: Workshop, by: string, kind: string, pace: string) =>
  as(workshop, by, 'select set_notification_preference($1, true, $2) as answer', [kind, pace])

/** Lets the grace of mails that wait be over. */
async function passGrace({ db, wake }: Workshop) {
  await db.query(`update pgboss.job set start_after = now() where name = $1 and state = 'created'`, [queue])
  await wake(queue)
}
const done = ({ jobs }: Workshop, count = 1) =>
  until(async () =>
    expect((await jobs(queue)).filter(({ state }) => state === 'completed')).toHaveLength(count),
  )
const about = ({ mail }: Workshop, words: string) =>
  mail.caught.filter(({ subject }) => subject?.includes(words))
const header = (mail: Workshop['mail']['caught'][number] | undefined, key: string) =>
  mail?.headers.find((each) => each.key === key)?.value

/** Ada asks, Bob answers. */
async function told(
  workshop: Workshop,
  { locale = 'en' as 'ar' | 'en', answers = ['Check the vents.'] } = {},
) {
  const [ada, bob] = [await workshop.signUp('Ada', { locale }), await workshop.signUp('Bob')]
  const topic = await openTopic(workshop, ada)
  for (const text of answers) await answer(workshop, bob, topic, text)
  return { ada, bob, topic }
}

describe('the mail about a reply', () => {
  test('waits for its grace, then says who wrote what, and how to end such mails', async ({ workshop }) => {
    const { topic } = await told(workshop)
    await workshop.start()
    await workshop.wake(queue)
    expect((await workshop.jobs(queue)).map(({ state }) => state)).toEqual(['created'])
    await passGrace(workshop)
    await done(workshop)
    const [mail, ...others] = about(workshop, 'Porosity')
    expect(others).toEqual([])
    expect(mail).toMatchObject({
      subject: 'Bob Tester replied to you: Porosity in castings',
      recipients: ['ada@ada.example'],
    })
    expect(mail?.text).toContain('> Check the vents.')
    expect(mail?.text).toContain(`https://p2p.example/forum/topics/${topic}#post-`)
    const [, token] = /unsubscribe\?token=([A-Za-z0-9_-]{43})/.exec(mail?.text ?? '') ?? []
    expect(header(mail, 'list-unsubscribe')).toBe(
      `<http://127.0.0.1:9/functions/v1/unsubscribe?token=${token}>`,
    )
    expect(header(mail, 'list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click')
    const { rows } = await workshop.db.query(
      `select kinds::text[] from private.unsubscribe_tokens where token_hash = private.token_hash($1)`,
      [token],
    )
    expect(rows).toEqual([{ kinds: ['reply'] }])
  })

  test('is in the language of its reader, and counts as that language does', async ({ workshop }) => {
    await told(workshop, { locale: 'ar', answers: ['واحد', 'اثنان', 'ثلاثة'] })
    await workshop.start()
    await passGrace(workshop)
    await done(workshop)
    const [mail] = about(workshop, 'Porosity')
    expect(mail?.subject).toBe('3 ردود جديدة عليك: Porosity in castings')
    expect(mail?.html).toContain('dir="rtl"')
  })

  test('shows as text what somebody wrote as markup', async ({ workshop }) => {
    await told(workshop, { answers: ['<img src=x onerror=alert(1)>{{ token }}'] })
    await workshop.start()
    await passGrace(workshop)
    await done(workshop)
    const html = about(workshop, 'Porosity')[0]?.html ?? ''
    expect(html).not.toContain('<img src=x')
    expect(html).toContain('&lt;img src=x')
  })

  test('goes once, though its job runs twice, and though a server refused it first', async ({ workshop }) => {
    await told(workshop)
    workshop.mail.mood = { data: 451 }
    await workshop.start()
    await passGrace(workshop)
    await until(async () => expect(await workshop.jobs(queue)).toMatchObject([{ state: 'retry' }]))
    expect(about(workshop, 'Porosity')).toEqual([])
    workshop.mail.mood = {}
    await workshop.db.query('update pgboss.job set start_after = now() where name = $1', [queue])
    await workshop.wake(queue)
    await done(workshop)
    expect(about(workshop, 'Porosity')).toHaveLength(1)
    const { rows } = await workshop.db.query('select id from private.notification_mails')
    await workshop.db.query('select private.enqueue($1, $2)', [queue, { mailId: rows[0].id }])
    await done(workshop, 2)
    expect(about(workshop, 'Porosity')).toHaveLength(1)
  })

  test('is not sent to whoever has read it meanwhile, or is reading', async ({ workshop }) => {
    const { ada, topic } = await told(workshop)
    await workshop.db.query(
      `insert into topic_readers (user_id, topic_id, read_number) values ($1, $2, 2)
       on conflict (user_id, topic_id) do update set read_number = 2`,
      [ada, topic],
    )
    await workshop.start()
    await passGrace(workshop)
    await done(workshop)
    expect(about(workshop, 'Porosity')).toEqual([])
  })

  test('is not sent to whoever wants none any more, nor about what was taken back', async ({ workshop }) => {
    const { ada, bob } = await told(workshop)
    await prefer(workshop, ada, 'reply', 'none')
    const hers = await openTopic(workshop, bob, 'Another topic of Bob')
    await answer(workshop, ada, hers, 'I regret this')
    await as(
      workshop,
      ada,
      `select delete_post((select id from posts where topic_id = $1 and number = 2)) as answer`,
      [hers],
    )
    await workshop.start()
    await passGrace(workshop)
    await until(async () =>
      expect((await workshop.jobs(queue)).every(({ state }) => state === 'completed')).toBe(true),
    )
    expect([...about(workshop, 'Porosity'), ...about(workshop, 'Another')]).toEqual([])
  })
})

describe('a digest', () => {
  test('says once, in its hour, what is unread of several topics', async ({ workshop }) => {
    const [ada, bob] = [await workshop.signUp('Ada'), await workshop.signUp('Bob')]
    await prefer(workshop, ada, 'reply', 'daily')
    const topics = [
      await openTopic(workshop, ada, 'The first topic'),
      await openTopic(workshop, ada, 'The second topic'),
    ]
    for (const topic of topics) await answer(workshop, bob, topic, 'Hello')
    // Her hour is the one that has just begun where she is; what is unread is older.
    await workshop.db.query(
      `insert into digest_times (user_id, hour, weekday)
       select id, date_part('hour', now() at time zone time_zone), 0 from profiles where id = $1`,
      [ada],
    )
    await workshop.db.query(`update notification_events set created_at = now() - interval '2 hours'`)
    await workshop.start()
    for (let time = 0; time < 2; time += 1)
      await workshop.db.query(`select private.enqueue('notifications.send-digests', '{}')`)
    const mails = () => about(workshop, 'Today')
    await until(() => expect(mails()).toHaveLength(1))
    await until(async () =>
      expect(
        (await workshop.jobs('notifications.send-digests')).filter(({ state }) => state === 'completed')
          .length,
      ).toBeGreaterThanOrEqual(2),
    )
    await done(workshop)
    expect(mails()).toMatchObject([{ subject: 'Today: 2 topics with news for you' }])
    expect(mails()[0]?.text).toContain(
      'The first topic\nBob Tester replied to you\nhttps://p2p.example/forum/topics/',
    )
    expect(mails()[0]?.html).toMatch(
      /<a href="https:\/\/p2p\.example\/forum\/topics\/[^"]+"[^>]*><bdi>The second topic/,
    )
  })
})

test('the night forgets what was read long ago, and the links of old mails', async ({ workshop }) => {
  const { ada } = await told(workshop)
  await workshop.db.query('select private.close_notification_mail(id) from private.notification_mails')
  await workshop.db.query(
    `insert into private.unsubscribe_tokens (token_hash, user_id, kinds, made_at)
     values (sha256('old'), $1, '{reply}', now() - interval '2 years'), (sha256('new'), $1, '{reply}', now())`,
    [ada],
  )
  await workshop.db.query(`update private.notification_mails set closed_at = now() - interval '31 days'`)
  await workshop.start()
  await workshop.db.query(`select private.enqueue('notifications.sweep-notifications', '{}')`)
  const left = async () =>
    (
      await workshop.db.query(
        `select (select count(*)::int from notifications) as notices,
                (select count(*)::int from private.notification_mails) as mails,
                (select count(*)::int from private.unsubscribe_tokens) as links`,
      )
    ).rows[0]
  await until(async () => expect(await left()).toEqual({ notices: 1, mails: 0, links: 1 }))
  await workshop.db.query(`update notifications set read_at = now() - interval '181 days'`)
  await workshop.db.query(`select private.enqueue('notifications.sweep-notifications', '{}')`)
  await until(async () => expect(await left()).toMatchObject({ notices: 0 }))
})
