import type { Branch, Post } from '@p2p/contracts'
import { expect, test } from 'vitest'
import { aPost, deleted } from './thread/a-post.ts'
import { belowOf, rowsOf, unfolded, withoutWaiting } from './thread.ts'

const branch = (posts: Post[], gaps: string[] = [], branch_count = posts.length - 1): Branch => {
  const [beginning, ...replies] = posts
  if (!beginning) throw new Error('A branch begins with a post.')
  return { post: { ...beginning, branch_count }, replies, gaps }
}
const a = aPost(2)
const a1 = aPost(4, a)
const a11 = aPost(6, a1)
const a2 = aPost(5, a)
const b = aPost(3)
const shape = (branches: Branch[]) =>
  rowsOf(branches).map(({ post, depth, parent }) => [post.number, depth, parent?.number ?? null])

test('each answer stands after what it answers, with whom it answers', () => {
  expect(shape([branch([a, a1, a11, a2]), branch([b])])).toEqual([
    [2, 0, null],
    [4, 1, 2],
    [6, 2, 4],
    [5, 1, 2],
    [3, 0, null],
  ])
})

test('a deleted reply keeps its place only under living answers', () => {
  const under = aPost(5, aPost(4, a))
  expect(shape([branch([deleted(a), deleted(a1), a11, deleted(a2)]), branch([deleted(b)])])).toEqual([
    [2, 0, null],
    [4, 1, 2],
    [6, 2, 4],
  ])
  expect(shape([branch([deleted(a), deleted(under)])])).toEqual([])
})

test('what moderators hid leaves its trace', () => {
  expect(shape([branch([a, { ...deleted(a1), hidden_at: '2026-01-01' }, deleted(a2)])])).toEqual([
    [2, 0, null],
    [4, 1, 2],
  ])
})

test('a deleted reply stays while the reader writes in it', () => {
  const rows = rowsOf([branch([a, deleted(a1), deleted(a2)])], a1.id)
  expect(rows.map(({ post }) => post.number)).toEqual([2, 4])
})

test('a deleted reply stays while what hangs on it may still be unread', () => {
  expect(shape([branch([a, deleted(a1)], [a1.path])])).toEqual([
    [2, 0, null],
    [4, 1, 2],
  ])
})

test('a gap says how many replies it holds where the branch has only the one', () => {
  const gapsOf = (branches: Branch[]) => rowsOf(branches).map(({ gap }) => gap?.count)
  expect(gapsOf([branch([a, a1], [a1.path], 13)])).toEqual([undefined, 12])
  expect(gapsOf([branch([a, a11], [a.path, a11.path], 13)])).toEqual([null, null])
})

test('a folded post hides what hangs on it and nothing else', () => {
  const rows = rowsOf([branch([a, a1, a11, a2], [a2.path], 9), branch([b])])
  expect(unfolded(rows, new Set([a1.id])).map(({ post }) => post.number)).toEqual([2, 4, 5, 3])
  const folded = unfolded(rows, new Set([a.id]))
  expect(folded.map(({ post, gap }) => [post.number, gap])).toEqual([
    [2, null],
    [3, null],
  ])
  expect(belowOf(rows, a)).toBe(3)
})

test('what hangs on a post that waits waits with it', () => {
  const rows = rowsOf([branch([a, a1, a11, a2])])
  expect(withoutWaiting(rows, new Set([a1.id])).map(({ post }) => post.number)).toEqual([2, 5])
})

test('people may answer each other ten thousand levels deep', () => {
  const chain: Post[] = []
  for (let level = 0; level < 10_000; level += 1) chain.push({ ...aPost(level + 2), depth: level + 1 })
  expect(rowsOf([branch(chain)]).at(-1)?.depth).toBe(9_999)
})
