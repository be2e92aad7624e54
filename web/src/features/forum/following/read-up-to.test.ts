import { expect, test } from 'vitest'
import { firstUnread, readUpTo } from './read-up-to.ts'

const post = (number: number, deleted_at: string | null = null) => ({ id: `p${number}`, number, deleted_at })
const seen = (...numbers: number[]) => new Set(numbers.map((number) => `p${number}`))
/** A thread: 4 answers 2, so that it stands before 3. */
const posts = [post(1), post(2), post(4), post(3)]
const whole = { posts, from: 0, isComplete: true, last: 4 }

test('what was not seen stays unread, with all that was written after it', () => {
  expect(readUpTo({ ...whole, seen: seen() })).toBe(0)
  expect(readUpTo({ ...whole, seen: seen(1, 2, 4) })).toBe(2)
  expect(readUpTo({ ...whole, seen: seen(1, 2, 3, 4) })).toBe(4)
})

test('what was read before need not be seen again', () => {
  expect(readUpTo({ ...whole, from: 3, seen: seen(4) })).toBe(4)
  expect(readUpTo({ ...whole, from: 4, seen: seen() })).toBe(4)
})

test('a deleted post is nothing to read, and neither is one that was left out of the page', () => {
  const more = { posts: [...posts, post(5, '2026-01-01')], from: 0, isComplete: true, last: 7 }
  expect(readUpTo({ ...more, seen: seen(1, 2, 3, 4) })).toBe(7)
})

test('while more is to be loaded, nobody has read to the end', () => {
  expect(readUpTo({ ...whole, last: 60, isComplete: false, seen: seen(1, 2, 3, 4) })).toBe(4)
})

test('reading goes on at the first post in reading order that is unread', () => {
  expect(firstUnread(posts, 2)).toBe('p4')
  expect(firstUnread([post(1), post(2, '2026-01-01'), post(3)], 1)).toBe('p3')
  expect(firstUnread(posts, 4)).toBe(null)
})
