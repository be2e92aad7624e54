import { paragraphs } from '@p2p/database/testing'
import { lawDatabase, type ScratchDatabase, withClient } from '@p2p/database/testing/database'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'

// Committed transactions on connections of their own: what a rolled-back test cannot show.
let database: ScratchDatabase
beforeAll(async () => {
  database = await lawDatabase(inject('adminUrl'))
})
afterAll(() => database.drop())

const signUp = (email: string) =>
  withClient(database.url, async (client) => {
    const { rows } = await client.query(
      `insert into auth.users (id, email, raw_user_meta_data)
       values (gen_random_uuid(), $1, '{"first_name": "A", "last_name": "B", "organization_name": "C", "locale": "en"}')
       returning id`,
      [email],
    )
    return rows[0].id as string
  })

test('twenty answers to one topic: all are there, numbered without gap, counted once', async () => {
  const author = await signUp('ada@answers.example')
  const as = async <T>(statement: string, values: unknown[] = []): Promise<T> =>
    withClient(database.url, async (client) => {
      await client.query('begin')
      await client.query(`select set_config('request.jwt.claims', $1, true)`, [
        JSON.stringify({ sub: author, session_id: author, role: 'authenticated' }),
      ])
      await client.query('set local role authenticated')
      const { rows } = await client.query(statement, values)
      await client.query('commit')
      return rows[0].answer
    })
  await withClient(database.url, (client) =>
    client.query(
      `with verified as (update auth.users set email_confirmed_at = now() where id = $1 returning id)
       insert into auth.sessions (id, user_id, aal) select id, id, 'aal1' from verified`,
      [author],
    ),
  )
  const topic = await as<string>(`select open_topic('quality', 'A race', $1) as answer`, [
    paragraphs('Ready'),
  ])
  await Promise.all(
    Array.from({ length: 20 }, (_, i) => as(`select reply($1, $2) as answer`, [topic, paragraphs(`${i}`)])),
  )
  const page = await as<{
    topic: { reply_count: number }
    posts: { number: number; created_at: string }[]
  }>(`select topic_page($1, null, 100) as answer`, [topic])
  expect(page.topic.reply_count).toBe(20)
  expect(page.posts.map(({ number }) => number)).toEqual(Array.from({ length: 21 }, (_, i) => i + 1))
  const times = page.posts.map(({ created_at }) => created_at)
  expect(times).toEqual([...times].sort())
})
