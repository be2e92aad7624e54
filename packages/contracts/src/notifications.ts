import { z } from 'zod'
import type { ErrorCode } from './errors.ts'
import { job, onTheClock, requestId } from './job.ts'
import { HeldState } from './moderation.ts'
import { PersonNames } from './profiles.ts'

/** What a person is told of, those that speak to them first. The database has the same list (sql/24_notifications). */
export const notificationKinds = [
  'reply',
  'mention',
  'quote',
  'best_answer',
  'watched_topic',
  'moderation',
  'nudge',
] as const
export const NotificationKind = z.enum(notificationKinds)
export type NotificationKind = z.infer<typeof NotificationKind>

/** How soon a mail tells of a kind: within a minute, in a digest, or not at all. */
export const mailPaces = ['at_once', 'daily', 'weekly', 'none'] as const
export const MailPace = z.enum(mailPaces)
export type MailPace = z.infer<typeof MailPace>

export const Notification = z.object({
  id: z.uuid(),
  kind: NotificationKind,
  /** What it is about: `topic:<id>`, `held_post:<id>`. */
  thread: z.string(),
  /** How often it happened since it was last read. */
  count: z.number(),
  /** Who did it, the newest three; nobody where their accounts are gone. */
  actors: z.array(PersonNames),
  topic: z.object({ id: z.uuid(), title: z.string() }),
  /** The first post it speaks of; null where it is about the topic itself. */
  post: z.object({ id: z.uuid(), number: z.number(), excerpt: z.string() }).nullable(),
  /** The decision of moderators it is about, where that is about the reader. */
  case_id: z.uuid().nullable(),
  /** What moderators decided about a post of the reader's that was held, where it is about that. */
  held: HeldState.exclude(['waiting']).nullable(),
  /** What moderators wrote to the reader. */
  note: z.string().nullable(),
  created_at: z.string(),
  newest_at: z.string(),
  read_at: z.string().nullable(),
})
export type Notification = z.infer<typeof Notification>

/** `unread` counts to 100, which means as many or more. */
export const NotificationList = z.object({
  notifications: z.array(Notification),
  next: z.string().nullable(),
  unread: z.number(),
})
export type NotificationList = z.infer<typeof NotificationList>

export const NotificationPreference = z.object({
  kind: NotificationKind,
  in_app: z.boolean(),
  email: MailPace,
})
export type NotificationPreference = z.infer<typeof NotificationPreference>

export const NotificationSettings = z.object({
  kinds: z.array(NotificationPreference),
  /** When digests go by the clock of `time_zone`, and on which weekday the weekly one does: 0 is Sunday. */
  hour: z.number(),
  weekday: z.number(),
  time_zone: z.string(),
})
export type NotificationSettings = z.infer<typeof NotificationSettings>

const fault = (code: ErrorCode) => ({ error: code })

/** 256 random bits in base64url. */
const UnsubscribeToken = z
  .string(fault('unsubscribe_unknown'))
  .regex(/^[A-Za-z0-9_-]{43}$/, fault('unsubscribe_unknown'))

/** What `functions/unsubscribe` takes from our page: without `end` it changes nothing and says what the link is about. */
export const UnsubscribeInput = z.object({
  token: UnsubscribeToken,
  end: z.enum(['these', 'everything']).optional(),
})
export type UnsubscribeInput = z.infer<typeof UnsubscribeInput>

/** The kinds of mail that the link is about, or that it has ended. */
export const UnsubscribeAnswer = z.object({ kinds: z.array(NotificationKind), ended: z.boolean() })
export type UnsubscribeAnswer = z.infer<typeof UnsubscribeAnswer>

/** Sends one mail about one notice, or one digest: what it says is settled in the database. */
export const sendNotificationMail = job('notifications.send-mail', z.object({ mailId: z.uuid(), requestId }))

/** Runs every quarter of an hour, since zones differ by quarters: digests of those whose hour has come. */
export const sendDigests = job('notifications.send-digests', onTheClock, { schedule: '*/15 * * * *' })

/** Runs every night: what was read long ago, mails long sent, and links of mails nobody keeps. */
export const sweepNotifications = job('notifications.sweep-notifications', onTheClock, {
  schedule: '41 3 * * *',
})
