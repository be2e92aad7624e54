import { z } from 'zod'
import { PostFile } from './attachments.ts'
import { PersonCard, PersonNames } from './profiles.ts'

/** The bounds below stand in the database too (sql/30_forum); a test compares the two. */
export const forumLimits = {
  titleMin: 4,
  titleMax: 160,
  pageMax: 100,
  tagsMax: 5,
  templateFields: 8,
  templateAnswerMax: 2_000,
} as const

export const visibilities = ['community', 'organization'] as const
export const Visibility = z.enum(visibilities)
export type Visibility = z.infer<typeof Visibility>

/** A ProseMirror document as JSON. Its inside is checked by the editor's schema and by the database. */
export const RichText = z.object({ type: z.literal('doc'), content: z.array(z.unknown()).optional() })
export type RichText = z.infer<typeof RichText>

/** Who wrote a post or topic; null once that person's account is gone. */
const Author = PersonCard.nullable()

/** What a good question of a category needs, asked in the reader's language and kept by `key`. */
export const TemplateField = z.object({
  key: z.string(),
  label_en: z.string(),
  label_ar: z.string(),
  help_en: z.string(),
  help_ar: z.string(),
  required: z.boolean(),
})
export type TemplateField = z.infer<typeof TemplateField>

/** A field of a category's template with what was written into it. */
export const AnsweredField = TemplateField.pick({ key: true, label_en: true, label_ar: true }).extend({
  answer: z.string(),
})

/** Who may open topics in a category. */
export const categoryPostings = ['members', 'moderators'] as const
const CategoryPosting = z.enum(categoryPostings)

export const Category = z.object({
  id: z.uuid(),
  slug: z.string(),
  name_en: z.string(),
  name_ar: z.string(),
  description_en: z.string(),
  description_ar: z.string(),
  icon: z.string(),
  color: z.string(),
  posting: CategoryPosting,
  template: z.array(TemplateField),
  /** An archived category can be read and takes no topics. */
  archived_at: z.string().nullable(),
  /** What an admin has seen before they change it. */
  revision: z.number(),
  topic_count: z.number(),
  last_post_at: z.string().nullable(),
})
export type Category = z.infer<typeof Category>

export const Tag = z.object({ slug: z.string(), name_en: z.string(), name_ar: z.string() })
export type Tag = z.infer<typeof Tag>

/** What a topic is to a person beyond the ordinary. */
export const followLevels = ['watching', 'following', 'muted'] as const
export const FollowLevel = z.enum(followLevels)
export type FollowLevel = z.infer<typeof FollowLevel>

/** Where a pinned topic stands on top: in its category, or in all of the forum. */
export const pinPlaces = ['category', 'forum'] as const
export const PinPlace = z.enum(pinPlaces)
export type PinPlace = z.infer<typeof PinPlace>

export const Topic = z.object({
  id: z.uuid(),
  title: z.string(),
  category: Category.pick({ slug: true, name_en: true, name_ar: true }),
  author: Author,
  /** Whose topic it is; null where the reader may not know that company. */
  organization: z.object({ id: z.uuid(), name: z.string(), name_ar: z.string().nullable() }).nullable(),
  visibility: Visibility,
  tags: z.array(Tag),
  reply_count: z.number(),
  /** Votes for its opening post. */
  vote_count: z.number(),
  /** The post its author chose as the best answer. */
  answer_id: z.uuid().nullable(),
  excerpt: z.string(),
  created_at: z.string(),
  last_post_at: z.string(),
  last_author: PersonNames.nullable(),
  pinned_in: PinPlace.nullable(),
  pinned_until: z.string().nullable(),
  locked_at: z.string().nullable(),
  edited_at: z.string().nullable(),
  /** The number of its newest post that is not deleted. */
  last_number: z.number(),
  level: FollowLevel.nullable(),
  /** The number of the newest post the reader has read; null where they never opened it. */
  read_number: z.number().nullable(),
  /** What its author wrote into the fields of its category; with the page of the topic only, where there is anything. */
  template_answers: z.array(AnsweredField).optional(),
})
export type Topic = z.infer<typeof Topic>

export const Post = z.object({
  id: z.uuid(),
  topic_id: z.uuid(),
  /** Counts up within the topic, without gaps; 1 is the opening post. */
  number: z.number(),
  /** The post this one answers; null for the opening post and for answers to it. */
  parent_id: z.uuid().nullable(),
  /** 0 for the opening post, 1 for what begins a branch. */
  depth: z.number(),
  /** Posts sorted by it (by code points) are in reading order; a branch is what begins with its first post's path. */
  path: z.string(),
  is_opening: z.boolean(),
  author: Author,
  /** Its author's points; null once that person's account is gone. */
  author_reputation: z.number().nullable(),
  /** Null once the post is deleted: only its place in the tree stays. */
  body: RichText.nullable(),
  created_at: z.string(),
  edited_at: z.string().nullable(),
  deleted_at: z.string().nullable(),
  /** Set on a deleted post that moderators hid: its trace stays. */
  hidden_at: z.string().nullable(),
  /** Counts edits, from 1. */
  revision: z.number(),
  vote_count: z.number(),
  /** Whether the reader voted for it. */
  voted: z.boolean(),
  /** Living direct answers. */
  reply_count: z.number(),
  /** Living posts below it, where it begins a branch; else 0. */
  branch_count: z.number(),
  files: z.array(PostFile),
  mine: z.boolean(),
})
export type Post = z.infer<typeof Post>

/** Topics out of sight that somebody may bring back. */
export const DeletedTopics = z.object({
  topics: z.array(
    Topic.pick({ id: true, title: true, category: true, reply_count: true }).extend({
      author: Author,
      deleted_by: Author,
      deleted_at: z.string(),
      /** What the moderator told its author. */
      reason: z.string().nullable(),
      restorable: z.boolean(),
    }),
  ),
  next: z.string().nullable(),
})
export type DeletedTopics = z.infer<typeof DeletedTopics>
