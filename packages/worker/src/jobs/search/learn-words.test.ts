import { paragraphs } from '@p2p/database/testing'
import { expect } from 'vitest'
import { test, until } from '../../../testing/workshop.ts'

const queue = 'search.learn-words'

test('learns each word once, and nothing of what one company alone reads', async ({ workshop }) => {
  const { db } = workshop
  const ada = await workshop.signUp('Ada', { organization: 'Najd Pumps' })
  await db.query(
    `with topic as (
       insert into topics (category_id, organization_id, author_id, visibility, title, last_number, created_at)
       select categories.id, organization_id, user_id, visibility::visibility, 'Pumps', 1, now() - interval '1 hour'
       from memberships, categories, (values ('community'), ('organization')) as made (visibility)
       where user_id = $1 and slug = 'quality' returning *)
     insert into posts (topic_id, number, author_id, visibility, organization_id, body, created_at)
     select id, 1, author_id, visibility, organization_id,
       case visibility when 'community' then $2::jsonb else $3::jsonb end, created_at
     from topic`,
    [ada, paragraphs('The impeller, the impeller.'), paragraphs('A secret alloy')],
  )
  for (let round = 1; round <= 2; round++) {
    await db.query('select private.enqueue($1, $2)', [queue, {}])
  }
  await workshop.start()
  await until(async () =>
    expect(await workshop.jobs(queue)).toMatchObject([{ state: 'completed' }, { state: 'completed' }]),
  )
  const { rows } = await db.query('select word, uses from private.known_words order by word')
  expect(rows).toEqual([
    { word: 'impeller', uses: 1 },
    { word: 'pumps', uses: 1 },
    { word: 'the', uses: 1 },
  ])
})
