import { DeletedTopics, type PinPlace, Topic, type Visibility } from '@p2p/contracts'
import { must } from './must.ts'
import type { Supabase } from './supabase.ts'

/**
 * Changes what is named. For its author, and for moderators all but the readers. Codes: `topic_locked`,
 * `readers_fixed`, and those of a new topic.
 */
export async function editTopic(
  supabase: Supabase,
  edit: {
    topic: string
    title?: string
    tags?: string[]
    template_answers?: Record<string, string>
    visibility?: Visibility
  },
): Promise<Topic> {
  return Topic.parse(must(await supabase.rpc('edit_topic', edit)))
}

/** Into another category, by its slug. Codes: `move_too_late`, `category_archived`, `posting_restricted`. */
export async function moveTopic(
  supabase: Supabase,
  move: { topic: string; category: string },
): Promise<Topic> {
  return Topic.parse(must(await supabase.rpc('move_topic', move)))
}

/** For moderators. `place` null takes it down; without `until` it stays until then. Codes: `pin_invalid`. */
export async function pinTopic(
  supabase: Supabase,
  { topic, place, until }: { topic: string; place: PinPlace | null; until: string | null },
): Promise<Topic> {
  // `place` has no default: null is a value of its own.
  const args = { topic, place: place as PinPlace, ...(until && { until }) }
  return Topic.parse(must(await supabase.rpc('pin_topic', args)))
}

/** For moderators. */
export async function lockTopic(
  supabase: Supabase,
  lock: { topic: string; locked: boolean },
): Promise<Topic> {
  return Topic.parse(must(await supabase.rpc('lock_topic', lock)))
}

/** A moderator gives a reason, which its author reads. Codes: `topic_has_replies`, `topic_locked`, `reason_invalid`. */
export async function deleteTopic(
  supabase: Supabase,
  { topic, reason }: { topic: string; reason: string | null },
): Promise<void> {
  must(await supabase.rpc('delete_topic', { topic, ...(reason && { reason }) }))
}

export async function restoreTopic(supabase: Supabase, topic: string): Promise<Topic> {
  return Topic.parse(must(await supabase.rpc('restore_topic', { topic })))
}

/** One's own deleted topics and, for moderators, those of others. `after` is the `next` of the page before. */
export async function listDeletedTopics(
  supabase: Supabase,
  page: { after?: string; size?: number } = {},
): Promise<DeletedTopics> {
  return DeletedTopics.parse(must(await supabase.rpc('list_deleted_topics', page)))
}
