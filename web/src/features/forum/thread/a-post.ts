import type { Post } from '@p2p/contracts'

/** A post as tests need one: its id says its number, its place in the tree is below `parent`. */
export const aPost = (number: number, parent: Post | null = null, more: Partial<Post> = {}): Post => ({
  id: `p${number}`,
  topic_id: 'topic',
  number,
  parent_id: parent?.id ?? null,
  depth: number === 1 ? 0 : (parent?.depth ?? 0) + 1,
  path: number === 1 ? '' : (parent?.path ?? '') + number.toString(16).padStart(6, '0'),
  is_opening: number === 1,
  author: null,
  author_reputation: 0,
  body: { type: 'doc' },
  created_at: '',
  edited_at: null,
  deleted_at: null,
  hidden_at: null,
  revision: 1,
  vote_count: 0,
  voted: false,
  reply_count: 0,
  branch_count: 0,
  files: [],
  mine: false,
  ...more,
})

export const deleted = (post: Post): Post => ({ ...post, body: null, deleted_at: '2026-01-01' })
