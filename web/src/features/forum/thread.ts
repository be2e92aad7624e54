import type { Post } from '@p2p/contracts'

export type Row = {
  post: Post
  /** 0 for an answer to the topic itself. */
  depth: number
  /** The post this one answers, where that is not the opening. */
  parent: Post | null
}

/**
 * Replies in reading order: each answer after what it answers, brothers by time. A deleted reply keeps its place
 * only where living answers hang on it. What answers a post that is not in `posts` waits for it.
 *
 * Takes posts in the order they were written. Without recursion: nobody limits how deep people answer each other.
 */
export function threadOf(posts: readonly Post[]): Row[] {
  const opening = posts.find((post) => post.is_opening)
  const parentOf = (post: Post) => (post.parent_id === opening?.id ? null : post.parent_id)

  const answers = new Map<string | null, Post[]>()
  const hasLivingAnswer = new Set<string | null>()
  for (const post of posts.toReversed()) {
    if (post.is_opening || (post.deleted_at && !hasLivingAnswer.has(post.id))) continue
    const parent = parentOf(post)
    hasLivingAnswer.add(parent)
    const brothers = answers.get(parent)
    if (brothers) brothers.push(post)
    else answers.set(parent, [post])
  }

  // Newest first in `answers`, so that the oldest is on top of the stack.
  const rowsFor = (parent: Post | null, depth: number): Row[] =>
    (answers.get(parent?.id ?? null) ?? []).map((post) => ({ post, depth, parent }))
  const rows: Row[] = []
  const stack = rowsFor(null, 0)
  for (let row = stack.pop(); row; row = stack.pop()) {
    rows.push(row)
    stack.push(...rowsFor(row.post, row.depth + 1))
  }
  return rows
}
