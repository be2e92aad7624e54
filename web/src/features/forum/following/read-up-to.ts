import type { Post } from '@p2p/contracts'

type Shown = Pick<Post, 'id' | 'number' | 'deleted_at'>

type Reading = {
  /** The posts that are on the page, read or not; what the reader folded away is not. */
  posts: readonly Shown[]
  seen: ReadonlySet<string>
  /** The number up to which they had read before. */
  from: number
  /** Whether no post of the topic is left to be loaded, and the number of its newest. */
  isComplete: boolean
  last: number
}

/**
 * The number up to which somebody has read. A thread is not read in the order it was written in: what is on the page and
 * was not seen stays unread, and so does all that was written after it.
 */
export function readUpTo({ posts, seen, from, isComplete, last }: Reading): number {
  const unread = posts.filter((post) => post.number > from && !post.deleted_at && !seen.has(post.id))
  if (unread.length > 0) return Math.max(from, Math.min(...unread.map(({ number }) => number)) - 1)
  const newest = Math.max(from, ...posts.filter(({ id }) => seen.has(id)).map(({ number }) => number))
  return isComplete ? Math.max(last, newest) : newest
}

/** The first post in reading order that the reader has not read; null where it is not loaded or there is none. */
export const firstUnread = (posts: readonly Shown[], from: number): string | null =>
  posts.find((post) => post.number > from && !post.deleted_at)?.id ?? null
