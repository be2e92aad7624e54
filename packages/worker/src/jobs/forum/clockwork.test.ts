import { expect } from 'vitest'
import { test, until } from '../../../testing/workshop.ts'

test('a pin whose time is over goes, others stay', async ({ workshop }) => {
  const { db } = workshop
  const ada = await workshop.signUp('Ada', { organization: 'Najd Pumps' })
  await db.query(
    `insert into topics (category_id, organization_id, author_id, visibility, title, pinned_in, pinned_at, pinned_until)
     select (select id from categories limit 1), organization_id, user_id, 'community', title, 'forum', now(), now() + span
     from memberships, (values ('Over', interval '-1 minute'), ('Still', '1 hour'), ('For good', null)) as made (title, span)
     where user_id = $1`,
    [ada],
  )
  await db.query('select private.enqueue($1, $2)', ['forum.end-pins', {}])
  await workshop.start()
  await until(async () =>
    expect(await workshop.jobs('forum.end-pins')).toMatchObject([{ state: 'completed' }]),
  )
  const { rows } = await db.query('select title from topics where is_pinned order by title')
  expect(rows.map(({ title }) => title)).toEqual(['For good', 'Still'])
})

test('a draft nobody went on writing for 90 days goes, others stay', async ({ workshop }) => {
  const { db } = workshop
  const ada = await workshop.signUp('Ada', { organization: 'Najd Pumps' })
  await db.query(
    `insert into drafts (user_id, key, content, updated_at) values
     ($1, 'topic', '{}', now() - interval '89 days'), ($1, 'reply:' || gen_random_uuid(), '{}', now() - interval '91 days')`,
    [ada],
  )
  await db.query('select private.enqueue($1, $2)', ['forum.sweep-drafts', {}])
  await workshop.start()
  await until(async () =>
    expect(await workshop.jobs('forum.sweep-drafts')).toMatchObject([{ state: 'completed' }]),
  )
  expect((await db.query('select key from drafts')).rows).toEqual([{ key: 'topic' }])
})
