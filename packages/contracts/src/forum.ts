import { z } from 'zod'
import { PersonCard, PersonNames } from './profiles.ts'

/** The bounds below stand in the database too (sql/30_forum); a test compares the two. */
export const forumLimits = {
  titleMin: 4,
  titleMax: 160,
  /** Bytes of a document as JSON text. */
  documentBytes: 100_000,
  /** Levels of nodes within a document. */
  documentDepth: 24,
  pageMax: 100,
} as const

export const visibilities = ['community', 'organization'] as const
export const Visibility = z.enum(visibilities)
export type Visibility = z.infer<typeof Visibility>

/** A ProseMirror document as JSON. Its inside is checked by the editor's schema and by the database. */
export const RichText = z.object({ type: z.literal('doc'), content: z.array(z.unknown()).optional() })
export type RichText = z.infer<typeof RichText>

/** Who wrote a post or topic; null once that person's account is gone. */
const Author = PersonCard.nullable()

export const Category = z.object({
  id: z.uuid(),
  slug: z.string(),
  name_en: z.string(),
  name_ar: z.string(),
  description_en: z.string(),
  description_ar: z.string(),
  icon: z.string(),
  color: z.string(),
  topic_count: z.number(),
  last_post_at: z.string().nullable(),
})
export type Category = z.infer<typeof Category>

export const Topic = z.object({
  id: z.uuid(),
  title: z.string(),
  category: Category.pick({ slug: true, name_en: true, name_ar: true }),
  author: Author,
  visibility: Visibility,
  reply_count: z.number(),
  excerpt: z.string(),
  created_at: z.string(),
  last_post_at: z.string(),
  last_author: PersonNames.nullable(),
  pinned_at: z.string().nullable(),
  locked_at: z.string().nullable(),
})
export type Topic = z.infer<typeof Topic>

export const Post = z.object({
  id: z.uuid(),
  topic_id: z.uuid(),
  /** Counts up within the topic, without gaps; 1 is the opening post. */
  number: z.number(),
  /** The post this one answers; null for the opening post and for answers to it. */
  parent_id: z.uuid().nullable(),
  is_opening: z.boolean(),
  author: Author,
  /** Null once the post is deleted: only its place in the tree stays. */
  body: RichText.nullable(),
  created_at: z.string(),
  edited_at: z.string().nullable(),
  deleted_at: z.string().nullable(),
  mine: z.boolean(),
})
export type Post = z.infer<typeof Post>

/** `next` is the cursor of the following page, null on the last one. */
export const TopicList = z.object({ topics: z.array(Topic), next: z.string().nullable() })
export type TopicList = z.infer<typeof TopicList>

/** Posts in the order they were written, so that a parent always comes before its answers. */
export const TopicPage = z.object({ topic: Topic, posts: z.array(Post), next: z.string().nullable() })
export type TopicPage = z.infer<typeof TopicPage>
