import {
  NotificationList,
  type NotificationPreference,
  NotificationSettings,
  notificationsRead,
  notified,
  UnsubscribeAnswer,
  type UnsubscribeInput,
} from '@p2p/contracts'
import { FunctionsHttpError } from '@supabase/supabase-js'
import { z } from 'zod'
import { must, Refusal, refusalOf } from './must.ts'
import type { Connection } from './room.ts'
import { listenToOwn } from './shared-room.ts'
import type { Supabase } from './supabase.ts'

/** What one was told, newest first. `after` is the `next` of the page before. */
export async function listNotifications(
  supabase: Supabase,
  page: { after?: string; size?: number; unread_only?: boolean } = {},
): Promise<NotificationList> {
  return NotificationList.parse(must(await supabase.rpc('list_notifications', page)))
}

/** How many notices one has not read; 100 means as many or more. */
export async function countUnreadNotifications(supabase: Supabase): Promise<number> {
  return z.number().parse(must(await supabase.rpc('unread_notifications')))
}

/** Marks as read: these notices, those of a thread (`topic:<id>`), or all. */
export async function markNotificationsRead(
  supabase: Supabase,
  which: { ids?: string[]; thread?: string } = {},
): Promise<void> {
  must(await supabase.rpc('mark_notifications_read', which))
}

/** How one is told, kind by kind, and when digests go. */
export async function readNotificationSettings(supabase: Supabase): Promise<NotificationSettings> {
  return NotificationSettings.parse(must(await supabase.rpc('my_notification_settings')))
}

export async function setNotificationPreference(
  supabase: Supabase,
  preference: NotificationPreference,
): Promise<void> {
  must(await supabase.rpc('set_notification_preference', preference))
}

/** The hour (0 to 23) by the clock of one's time zone, and the weekday of the weekly digest (0 is Sunday). */
export async function setDigestTime(
  supabase: Supabase,
  time: { hour: number; weekday: number },
): Promise<void> {
  must(await supabase.rpc('set_digest_time', time))
}

/**
 * What the link of a mail is about; with `end`, ends such mails or all. Works without a session. Codes:
 * `unsubscribe_unknown`, `rate_limited`.
 */
export async function unsubscribe(supabase: Supabase, input: UnsubscribeInput): Promise<UnsubscribeAnswer> {
  const { data, error } = await supabase.functions.invoke('unsubscribe', { body: { ...input } })
  if (error instanceof FunctionsHttpError) throw await refusalOf(error.context)
  if (error) throw new Refusal('unavailable', error.message, { cause: error })
  return UnsubscribeAnswer.parse(data)
}

/** Listens for what is new to read, and for what was read or taken back elsewhere. */
export const joinNotifications = (
  supabase: Supabase,
  me: string,
  listener: { onChange: () => void; onConnection?: (connection: Connection) => void },
): { leave(): Promise<void> } =>
  listenToOwn(supabase, me, {
    onEvent: (name) => {
      if (name === notified || name === notificationsRead) listener.onChange()
    },
    onConnection: listener.onConnection,
  })
