import { z } from 'zod'

/** Names of the private channels; who may join is a policy on `realtime.messages` (sql/31 and its like). */
export const channels = {
  topic: (topicId: string) => `topic:${topicId}`,
  /** A person's own, on all their devices. */
  user: (userId: string) => `user:${userId}`,
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
