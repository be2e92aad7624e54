import { z } from 'zod'

/** Names of the private channels; who may join is a policy on `realtime.messages` (sql/14_sessions.sql, sql/30_forum/12_live.sql). */
export const channels = {
  /** With the organization where the topic is for its people alone. */
  topic: (topicId: string, organizationId: string | null) =>
    organizationId ? `topic:${topicId}:${organizationId}` : `topic:${topicId}`,
  /** A person's own, on all their devices. */
  user: (userId: string) => `user:${userId}`,
  /** Topics open to the community. */
  forum: () => 'forum',
  organization: (organizationId: string) => `organization:${organizationId}`,
} as const

/** Sent by the database after a post's transaction has committed; readers fetch the row themselves. */
export const PostEvent = z.object({
  post_id: z.uuid(),
  parent_id: z.uuid().nullable(),
  author_id: z.uuid().nullable(),
})
export type PostEvent = z.infer<typeof PostEvent>
export const postEvents = ['post_created', 'post_edited', 'post_deleted'] as const
/** A vote for a post was given or taken back. */
export const postVoted = 'post_voted'
export type PostEventName = (typeof postEvents)[number]

export const TopicEvent = z.object({ topic_id: z.uuid() })
export type TopicEvent = z.infer<typeof TopicEvent>
/** Sent to the lists, and to the channel of the topic for what its readers see of it. */
export const topicChanged = 'topic_changed'
export const TopicEventName = z.enum(['topic_opened', topicChanged])
export type TopicEventName = z.infer<typeof TopicEventName>

/** Told to a person whose status, role, company or session has changed; it says no more. */
export const accessChanged = 'access_changed'

/** Told to whoever sent a file: it was made ready or rejected. */
export const fileSettled = 'file_settled'
export const FileEvent = z.object({ file_id: z.uuid() })
export type FileEvent = z.infer<typeof FileEvent>

/** A member of the organization came, changed or went. */
export const MembersEvent = z.object({ user_id: z.uuid() })
export type MembersEvent = z.infer<typeof MembersEvent>
export const membersEvent = 'members_changed'

/** Sent by a person's browser while they write, at most every two seconds. */
export const TypingEvent = z.object({ user_id: z.uuid() })
export type TypingEvent = z.infer<typeof TypingEvent>

export const typing = { sendEveryMs: 2_000, forgetAfterMs: 4_000 } as const

/** Sent to an organization's channel when its invitations or requests to join changed; its admins read them again. */
export const invitationsEvent = 'invitations_changed'

/** Told to a person on their own channel: something new to read, or something read (or taken back) elsewhere. */
export const notified = 'notified'
export const notificationsRead = 'notifications_read'
