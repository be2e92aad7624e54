import { paragraphs } from '@p2p/database/testing'
import { expect, test } from 'vitest'
import { racing } from './racing.ts'

const { signUp, as } = racing()

test('twenty answers to one topic: all are there, numbered without gap, counted once', async () => {
  const author = await signUp('ada@answers.example')
  const other = await signUp('bob@answers2.example')
  const topic = await as<string>(author, `select open_topic('quality', 'A race', $1) as answer`, [
    paragraphs('Ready'),
  ])
  await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      as(i % 2 ? author : other, `select reply($1, $2) as answer`, [topic, paragraphs(`${i}`)]),
    ),
  )
  const page = await as<{
    topic: { reply_count: number }
    opening: { number: number; created_at: string }
    branches: { post: { number: number; created_at: string } }[]
  }>(author, `select topic_page($1, size => 100) as answer`, [topic])
  const posts = [page.opening, ...page.branches.map(({ post }) => post)]
  expect(page.topic.reply_count).toBe(20)
  expect(posts.map(({ number }) => number)).toEqual(Array.from({ length: 21 }, (_, i) => i + 1))
  const times = posts.map(({ created_at }) => created_at)
  expect(times).toEqual([...times].sort())
})
