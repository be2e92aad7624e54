import type { Post, Topic } from '@p2p/contracts'
import { expect, test } from 'vitest'
import { likelyAmong } from './likely-among.ts'

const ada = { id: 'ada' } as NonNullable<Post['author']>
const bob = { id: 'bob' } as NonNullable<Post['author']>
const topic = { author: ada } as Topic
const post = (id: string, votes: number, more: Partial<Post> = {}) =>
  ({ id, number: 2, vote_count: votes, author: bob, is_opening: false, deleted_at: null, ...more }) as Post

test('replies of others with two votes or more may be the answer, the most useful first', () => {
  const posts = [
    post('opening', 9, { is_opening: true, author: ada }),
    post('her own', 9, { author: ada }),
    post('gone', 9, { deleted_at: '2026-01-01' }),
    post('one vote', 1),
    post('two', 2),
    post('later', 3, { number: 5 }),
    post('earlier', 3, { number: 3 }),
    post('author gone', 2, { author: null, number: 9 }),
  ]
  expect(likelyAmong(posts, topic).map(({ id }) => id)).toEqual(['earlier', 'later', 'two'])
})
