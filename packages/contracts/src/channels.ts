import { z } from 'zod'

/** Names of the private channels; who may join is a policy on `realtime.messages` (sql/31 and its like). */
export const channels = {
  topic: (topicId: string) => `topic:${topicId}`,
  /** Topics open to the community. */
  forum: () => 'forum',
  organization: (organizationId: string) => `organization:${organizationId}`,
} as const

/** Sent by the database after a post's transaction has committed; readers fetch the row themselves. */
export const PostEvent = z.object({ post_id: z.uuid(), parent_id: z.uuid().nullable(), author_id: z.uuid() })
export type PostEvent = z.infer<typeof PostEvent>
export const postEvents = ['post_created', 'post_edited', 'post_deleted'] as const
export type PostEventName = (typeof postEvents)[number]

export const TopicEvent = z.object({ topic_id: z.uuid() })
export type TopicEvent = z.infer<typeof TopicEvent>
export const topicEvents = ['topic_opened', 'topic_changed'] as const
export type TopicEventName = (typeof topicEvents)[number]

/** Sent by a person's browser while they write, at most every two seconds. */
export const TypingEvent = z.object({ user_id: z.uuid() })
export type TypingEvent = z.infer<typeof TypingEvent>

export const typing = { sendEveryMs: 2_000, forgetAfterMs: 4_000 } as const
