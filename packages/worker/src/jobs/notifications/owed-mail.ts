import { Locale, NotificationKind } from '@p2p/contracts'
import { z } from 'zod'

const Names = z.object({
  first_name: z.string(),
  last_name: z.string(),
  first_name_ar: z.string().nullable(),
  last_name_ar: z.string().nullable(),
})

const Notice = z.object({
  kind: NotificationKind,
  count: z.number(),
  actors: z.array(Names),
  topic_id: z.uuid(),
  title: z.string(),
  /** Of the first post it speaks of. */
  number: z.number(),
  post_id: z.uuid().nullable(),
  /** Of that post, or what moderators wrote. */
  excerpt: z.string().nullable(),
  /** What moderators decided: a case, or whether a post that was held is published. */
  verdict: z.enum(['case', 'accepted', 'refused']).nullable(),
})
export type Notice = z.infer<typeof Notice>

/** What a mail has to say, as `private.notification_mail` answers; there is at least one notice in it. */
export const OwedMail = z.object({
  user_id: z.uuid(),
  pace: z.enum(['at_once', 'daily', 'weekly']),
  email: z.string(),
  locale: Locale,
  first_name: z.string(),
  notices: z.tuple([Notice], Notice),
})
export type OwedMail = z.infer<typeof OwedMail>
