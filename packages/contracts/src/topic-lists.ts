import { z } from 'zod'
import { type FollowLevel, Topic } from './forum.ts'

/**
 * `activity`: pinned ones first, then by the newest post · `newest`: by the opening · `votes`: by the votes of the opening
 * post · `unanswered`: those without a best answer, by activity · `trending`: by votes and replies, weighed by age.
 */
export const topicSorts = ['activity', 'newest', 'votes', 'unanswered', 'trending'] as const
export const TopicSort = z.enum(topicSorts)
export type TopicSort = z.infer<typeof TopicSort>

/** What a list of topics is narrowed by. */
export type TopicFilters = {
  /** A category's slug. */
  category?: string
  /** A tag's slug, name or other spelling. */
  tag?: string
  organization?: string
  author?: string
  /** Whether a best answer was chosen. */
  answered?: boolean
  /** What the reader follows and has not read to its end, and what is new to them. */
  unread?: boolean
  level?: FollowLevel
}

/**
 * A topic in a list. `is_new`: the reader never opened it, it was opened in the last two weeks and after the reader
 * came. In lists by activity and trend muted topics are left out.
 */
export const ListedTopic = Topic.extend({ is_new: z.boolean() })
export type ListedTopic = z.infer<typeof ListedTopic>

/** `next` is the cursor of the following page, null on the last one. */
export const TopicList = z.object({ topics: z.array(ListedTopic), next: z.string().nullable() })
export type TopicList = z.infer<typeof TopicList>

/** How many topics; of the new ones at most `newCountedUpTo`. */
export const UnreadCount = z.object({ unread: z.number(), new: z.number() })
export type UnreadCount = z.infer<typeof UnreadCount>

/** Of topics that are new to a person so many are counted and listed as unread, the latest. */
export const newCountedUpTo = 1000
