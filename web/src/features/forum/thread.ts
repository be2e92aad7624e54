import type { Branch, Post } from '@p2p/contracts'

/** `after` is where reading goes on; `count` how many posts that brings, where it is the branch's only gap. */
export type Gap = { branch: string; after: string; count: number | null }

export type Row = {
  post: Post
  /** 0 for what begins a branch. */
  depth: number
  /** The post this one answers, where that is loaded and not the opening. */
  parent: Post | null
  gap: Gap | null
  /** Whether anything hangs on it. */
  isAnswered: boolean
}

/**
 * Posts in reading order, as the page shows them. A deleted one is left out unless something living may hang on it,
 * moderators hid it, or it is `kept`: the reader writes in it.
 */
export const rowsOf = (branches: readonly Branch[], kept?: string): Row[] =>
  branches.flatMap((branch) => rowsOfBranch(branch, kept))

function rowsOfBranch({ post: beginning, replies, gaps }: Branch, kept?: string): Row[] {
  const posts = [beginning, ...replies]
  const known = new Map(posts.map((post) => [post.id, post]))
  const missing = beginning.branch_count - replies.filter((post) => !post.deleted_at).length
  const rows: Row[] = []
  // From the end, so that what hangs on a post is known before the post itself.
  let livingBelow = ''
  for (const post of posts.toReversed()) {
    const isAnswered = livingBelow.startsWith(post.path) || gaps.some((gap) => gap.startsWith(post.path))
    if (post.deleted_at && !post.hidden_at && !isAnswered && post.id !== kept) continue
    if (!post.deleted_at) livingBelow = post.path
    const gap = gaps.includes(post.path)
      ? { branch: beginning.id, after: post.path, count: gaps.length === 1 && missing > 0 ? missing : null }
      : null
    rows.push({
      post,
      depth: post.depth - 1,
      parent: known.get(post.parent_id ?? '') ?? null,
      gap,
      isAnswered,
    })
  }
  return rows.toReversed()
}

/** Without what is below the folded posts. */
export function unfolded(rows: readonly Row[], folded: ReadonlySet<string>): Row[] {
  const shown: Row[] = []
  let under: string | null = null
  for (const row of rows) {
    if (under !== null && row.post.path.startsWith(under)) continue
    const isFolded = folded.has(row.post.id)
    under = isFolded ? row.post.path : null
    shown.push(isFolded ? { ...row, gap: null } : row)
  }
  return shown
}

/** Without posts that wait, and what hangs on them. */
export function withoutWaiting(rows: readonly Row[], waiting: ReadonlySet<string>): Row[] {
  if (waiting.size === 0) return [...rows]
  const hidden = new Set(waiting)
  const shown = rows.filter((row) => {
    if (row.parent && hidden.has(row.parent.id)) hidden.add(row.post.id)
    return !hidden.has(row.post.id)
  })
  return shown.map((row, place) => ({
    ...row,
    isAnswered: row.gap !== null || shown[place + 1]?.post.path.startsWith(row.post.path) === true,
  }))
}

/** Posts below this one among those that are loaded. */
export const belowOf = (rows: readonly Row[], post: Post): number =>
  rows.filter((row) => row.post.id !== post.id && row.post.path.startsWith(post.path)).length
