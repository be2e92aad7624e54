import { paragraphs } from '@p2p/database/testing'
import { describe, expect } from 'vitest'
import { test, until, type Workshop } from '../../../testing/workshop.ts'

const daily = 'forum.nudge-authors'
const mails = 'notifications.send-mail'

/** A topic of Ada's of four days ago, and a reply of Bob's that two people found useful. */
async function likedTopic({ db, signUp }: Workshop, locale: 'ar' | 'en' = 'en') {
  const [ada, bob, eve] = [await signUp('Ada', { locale }), await signUp('Bob'), await signUp('Eve')]
  const client = await db.connect()
  const as = async (person: string, statement: string, values: unknown[]) => {
    await client.query(`select set_config('request.jwt.claims', $1, true)`, [
      JSON.stringify({ sub: person, session_id: person, role: 'authenticated' }),
    ])
    return (await client.query(statement, values)).rows[0].answer
  }
  await client.query('begin')
  await client.query(`insert into auth.sessions (id, user_id, aal) select id, id, 'aal1' from auth.users`)
  const topic = await as(ada, `select open_topic('quality', 'Pores in castings', $1) as answer`, [
    paragraphs('Why?'),
  ])
  const reply = await as(bob, `select reply($1, $2) ->> 'id' as answer`, [topic, paragraphs('Vents.')])
  for (const voter of [ada, eve]) await as(voter, 'select vote($1, true) as answer', [reply])
  // She has read the reply, and what she was told of it.
  await as(ada, 'select mark_read($1, 2)::text as answer', [topic])
  await client.query(`update topics set created_at = now() - interval '4 days' where id = $1`, [topic])
  await client.query('commit')
  client.release()
  return { topic, reply, ada }
}

const done = ({ jobs }: Workshop, name: string, count: number) =>
  until(async () =>
    expect((await jobs(name)).filter(({ state }) => state === 'completed')).toHaveLength(count),
  )

/** The day's round, and whatever mail it promises. The first mail job is that of Bob's reply, which she has read. */
async function goRound(workshop: Workshop, times = 1) {
  for (let time = 0; time < times; time += 1)
    await workshop.db.query('select private.enqueue($1, $2)', [daily, {}])
  await done(workshop, daily, times)
  await workshop.db.query(`update pgboss.job set start_after = now() where name = $1 and state = 'created'`, [
    mails,
  ])
  await workshop.wake(mails)
  await until(async () =>
    expect((await workshop.jobs(mails)).every(({ state }) => state === 'completed')).toBe(true),
  )
}
const nudges = ({ mail }: Workshop) =>
  mail.caught.filter(
    ({ recipients, text }) => recipients.includes('ada@ada.example') && text?.includes('/forum/topics/'),
  )

describe('whoever opened a topic', () => {
  test('is told in their language who may have answered it, led there, and can end such mails', async ({
    workshop,
  }) => {
    const { topic, reply, ada } = await likedTopic(workshop, 'ar')
    await workshop.start()
    await goRound(workshop)
    const [mail, ...others] = nudges(workshop)
    expect(others).toEqual([])
    expect(mail).toMatchObject({
      recipients: ['ada@ada.example'],
      subject: 'قد يكون في ردّ Bob Tester جواب سؤالك: Pores in castings',
    })
    expect(mail?.text).toContain(`https://p2p.example/forum/topics/${topic}#post-${reply}`)
    expect(mail?.html).toContain('dir="rtl"')
    const [, token] = /unsubscribe\?token=([A-Za-z0-9_-]{43})/.exec(mail?.text ?? '') ?? []
    const { rows } = await workshop.db.query('select public.unsubscribe($1, false, $2)', [
      token,
      '203.0.113.7',
    ])
    expect(rows).toEqual([{ unsubscribe: { kinds: ['nudge'] } }])
    const { rows: chosen } = await workshop.db.query(
      'select kind, email from notification_preferences where user_id = $1',
      [ada],
    )
    expect(chosen).toEqual([{ kind: 'nudge', email: 'none' }])
  })

  test('is asked once, however often the jobs run', async ({ workshop }) => {
    await likedTopic(workshop)
    await workshop.start()
    await goRound(workshop, 2)
    const { rows } = await workshop.db.query('select id from private.notification_mails')
    for (const { id } of rows)
      await workshop.db.query('select private.enqueue($1, $2)', [mails, { mailId: id }])
    await done(workshop, mails, 2 * rows.length)
    expect(nudges(workshop)).toHaveLength(1)
  })

  test('gets no mail who wants none of these, nor who has chosen before it goes', async ({ workshop }) => {
    const { topic, reply, ada } = await likedTopic(workshop)
    await workshop.db.query('select private.nudge_authors()')
    await workshop.db.query('update topics set answer_id = $2 where id = $1', [topic, reply])
    await workshop.db.query(
      `insert into notification_preferences (user_id, kind, in_app, email) values ($1, 'nudge', true, 'none')`,
      [ada],
    )
    await workshop.db.query(
      `with other as (update topics set answer_id = null where id = $1 returning id)
       delete from private.topic_nudges where topic_id = (select id from other)`,
      [topic],
    )
    await workshop.start()
    await goRound(workshop)
    expect(nudges(workshop)).toEqual([])
    const { rows } = await workshop.db.query(
      `select count(*)::int as told from notifications where kind = 'nudge' and user_id = $1`,
      [ada],
    )
    expect(rows).toEqual([{ told: 2 }])
  })
})
