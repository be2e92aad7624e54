import { z } from 'zod'
import { Post, RichText, Topic } from './forum.ts'
import { PersonNames } from './profiles.ts'

/** In which order the branches of a topic are read; within a branch it is always the order of the conversation. */
export const branchSorts = ['oldest', 'newest', 'votes'] as const
export const BranchSort = z.enum(branchSorts)
export type BranchSort = z.infer<typeof BranchSort>

export const Branch = z.object({
  post: Post,
  /** Posts below it, sorted by their paths: the first ones, or those around a post that was asked for. */
  replies: z.array(Post),
  /** Paths of posts behind which there is more to read; a `branch_page` after one of them brings it. */
  gaps: z.array(z.string()),
})
export type Branch = z.infer<typeof Branch>

export const TopicPage = z.object({
  topic: Topic,
  opening: Post,
  /** The best answer, wherever it stands. */
  answer: Post.nullable(),
  branches: z.array(Branch),
  next: z.string().nullable(),
  previous: z.string().nullable(),
  /** What `posts_since` is asked with: everything that was done before this page was read is in it. */
  mark: z.number(),
})
export type TopicPage = z.infer<typeof TopicPage>

export const BranchPage = z.object({ posts: z.array(Post), next: z.string().nullable() })
export type BranchPage = z.infer<typeof BranchPage>

export const PostsSince = z.object({
  topic: Topic,
  answer: Post.nullable(),
  /** Written, edited, deleted or voted for since the mark. */
  posts: z.array(Post),
  /** What these posts hang on, counted anew. */
  counts: z.array(z.object({ id: z.uuid(), reply_count: z.number(), branch_count: z.number() })),
  mark: z.number(),
  next: z.string().nullable(),
})
export type PostsSince = z.infer<typeof PostsSince>

/** What a post said, and since when; the last one is what it says now. */
export const PostVersion = z.object({
  revision: z.number(),
  body: RichText,
  written_at: z.string(),
  editor: PersonNames.nullable(),
})
export type PostVersion = z.infer<typeof PostVersion>

/** Newest first; `next` is what comes before the last of them. */
export const PostHistory = z.object({ versions: z.array(PostVersion), next: z.number().nullable() })
export type PostHistory = z.infer<typeof PostHistory>
