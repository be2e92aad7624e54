import type { Post } from '@p2p/contracts'
import { expect, test } from 'vitest'
import { threadOf } from './thread.ts'

function post(id: string, parent: string | null, more: Partial<Post> = {}): Post {
  return {
    id,
    topic_id: 'topic',
    number: 0,
    parent_id: parent,
    is_opening: id === 'opening',
    author: null,
    body: { type: 'doc' },
    created_at: '',
    edited_at: null,
    deleted_at: null,
    mine: false,
    ...more,
  }
}
const opening = post('opening', null)
const deleted = { deleted_at: '2026-01-01', body: null }
const shape = (posts: Post[]) =>
  threadOf(posts).map(({ post, depth, parent }) => [post.id, depth, parent?.id ?? null])

test('each answer stands after what it answers, brothers in the order they were written', () => {
  const posts = [
    opening,
    post('a', null),
    post('b', null),
    post('a1', 'a'),
    post('b1', 'b'),
    post('a2', 'a'),
    post('a11', 'a1'),
  ]
  expect(shape(posts)).toEqual([
    ['a', 0, null],
    ['a1', 1, 'a'],
    ['a11', 2, 'a1'],
    ['a2', 1, 'a'],
    ['b', 0, null],
    ['b1', 1, 'b'],
  ])
})

test('an answer to the opening post is an answer to the topic', () => {
  expect(shape([opening, post('a', 'opening'), post('b', null)])).toEqual([
    ['a', 0, null],
    ['b', 0, null],
  ])
})

test('a deleted reply keeps its place only under living answers', () => {
  const posts = [
    opening,
    post('gone', null, deleted),
    post('kept', null, deleted),
    post('under', 'kept', deleted),
    post('alive', 'under'),
    post('leaf', 'alive', deleted),
  ]
  expect(shape(posts)).toEqual([
    ['kept', 0, null],
    ['under', 1, 'kept'],
    ['alive', 2, 'under'],
  ])
})

test('what answers a post that is not shown waits for it', () => {
  expect(shape([opening, post('a', null), post('x', 'not-loaded')])).toEqual([['a', 0, null]])
})

test('people may answer each other ten thousand levels deep', () => {
  const chain = Array.from({ length: 10_000 }, (_, level) =>
    post(`p${level}`, level === 0 ? null : `p${level - 1}`),
  )
  const rows = threadOf([opening, ...chain])
  expect(rows).toHaveLength(10_000)
  expect(rows.at(-1)?.depth).toBe(9_999)
})
