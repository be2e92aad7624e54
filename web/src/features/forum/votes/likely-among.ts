import type { Post, Topic } from '@p2p/contracts'

/** What the database takes for a likely answer (sql/30_forum/07_votes.sql), among the posts that are loaded. */
export const likelyAmong = (posts: readonly Post[], topic: Topic): Post[] =>
  posts
    .filter(
      (post) =>
        !post.is_opening && !post.deleted_at && post.vote_count >= 2 && post.author?.id !== topic.author?.id,
    )
    .toSorted((a, b) => b.vote_count - a.vote_count || a.number - b.number)
    .slice(0, 3)
