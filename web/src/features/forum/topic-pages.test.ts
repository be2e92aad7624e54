import type { Post, Topic } from '@p2p/contracts'
import { expect, test } from 'vitest'
import { lastNumber, postsOf, type TopicPages, withPosts } from './topic-pages.ts'

const post = (number: number, body = ''): Post => ({
  id: `p${number}`,
  topic_id: 'topic',
  number,
  parent_id: null,
  is_opening: number === 1,
  author: null,
  body: { type: 'doc', content: [body] },
  created_at: '',
  edited_at: null,
  deleted_at: null,
  mine: false,
})
const topic = {} as Topic
const pages = (next: string | null, ...numbers: number[][]): TopicPages => ({
  pageParams: numbers.map(() => null),
  pages: numbers.map((page, index) => ({
    topic,
    posts: page.map((number) => post(number)),
    next: index === numbers.length - 1 ? next : String(page.at(-1)),
  })),
})
const numbers = (all: TopicPages) => postsOf(all).map((each) => each.number)

test('what follows the end is appended once, in order', () => {
  const all = withPosts(pages(null, [1, 2], [3]), [post(5), post(4), post(3)])
  expect(numbers(all)).toEqual([1, 2, 3, 4, 5])
  expect(numbers(withPosts(all, [post(5)]))).toEqual([1, 2, 3, 4, 5])
  expect(lastNumber(all)).toBe(5)
})

test('while the end is not loaded, nothing is put after a gap', () => {
  expect(numbers(withPosts(pages('2', [1, 2]), [post(9)]))).toEqual([1, 2])
})

test('a post that is there is replaced where it stands', () => {
  const all = withPosts(pages('3', [1, 2], [3]), [post(2, 'edited')])
  expect(numbers(all)).toEqual([1, 2, 3])
  expect(postsOf(all)[1]?.body?.content).toEqual(['edited'])
})
