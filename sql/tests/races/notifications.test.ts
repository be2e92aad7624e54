import { paragraphs } from '@p2p/database/testing'
import { expect, test } from 'vitest'
import { racing } from './racing.ts'

const { owner, signUp, as } = racing()

/** As the worker does: each mail in a transaction of its own. */
async function closeMails() {
  const open = await owner('select id from private.notification_mails where closed_at is null')
  for (const { id } of open) await owner('select private.close_notification_mail($1)', [id])
}

test('answers, deletions, readings, mails and digests at the same time: every notice counts what it tells', async () => {
  const [ada, bob, cleo] = await Promise.all([
    signUp('ada@notices.example'),
    signUp('bob@notices2.example'),
    signUp('cleo@notices3.example'),
  ])
  const open = () =>
    as<string>(ada, `select open_topic('quality', 'A race', $1) as answer`, [paragraphs('Ready')])
  const topics = [await open(), await open()]
  await owner(
    `insert into topic_readers (user_id, topic_id, level) select $1, unnest($2::uuid[]), 'watching'
     on conflict (user_id, topic_id) do update set level = 'watching'`,
    [cleo, topics],
  )
  const reply = (by: string, topic = '') =>
    as<string>(by, `select reply($1, $2) ->> 'id' as answer`, [topic, paragraphs('Go')])

  for (let round = 0; round < 60; round += 1) {
    // Nobody writes that fast.
    await owner('delete from private.rate_limits')
    const mine = await reply(bob, topics[round % 2])
    await Promise.all([
      reply(bob, topics[0]),
      reply(cleo, topics[1]),
      as(bob, 'select delete_post($1) as answer', [mine]),
      as(round % 3 ? ada : cleo, 'select mark_notifications_read() as answer'),
      closeMails(),
      owner(`select private.make_digests(now() + interval '1 day')`),
    ])
  }

  const wrong = await owner(
    `select notices.id, event_count, count(item_id)::int as told from notifications as notices
     left join notification_events on notification_id = notices.id
     group by notices.id having event_count <> count(item_id)`,
  )
  expect(wrong).toEqual([])
  const gone = await owner(
    `select from notification_events join posts on posts.id = item_id
     join notifications on notifications.id = notification_id where deleted_at is not null and read_at is null`,
  )
  expect(gone).toEqual([])
  const late = await owner(
    `select from notification_events as event join private.notification_mails as mail on mail.id = mail_id
     where pace = 'at_once' and event.created_at > closed_at`,
  )
  expect(late).toEqual([])
})
