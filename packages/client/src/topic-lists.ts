import {
  type FollowLevel,
  Topic,
  type TopicFilters,
  TopicList,
  type TopicSort,
  UnreadCount,
} from '@p2p/contracts'
import { z } from 'zod'
import { must } from './must.ts'
import type { Supabase } from './supabase.ts'

type TopicsAsked = TopicFilters & { sort?: TopicSort; after?: string; size?: number }

/** A page of topics. `after` is the `next` of the page before, with the same filters and sort. */
export async function listTopics(supabase: Supabase, asked: TopicsAsked = {}): Promise<TopicList> {
  const { sort, after, size, ...filters } = asked
  const page = { ...(sort && { sort }), ...(after && { after }), ...(size && { size }) }
  return TopicList.parse(must(await supabase.rpc('list_topics', { filters, ...page })))
}

export async function readUnreadCount(supabase: Supabase): Promise<UnreadCount> {
  return UnreadCount.parse(must(await supabase.rpc('unread_count')))
}

/** At most five topics whose titles are like this one, best first; those of the category a little before others. */
export async function findSimilarTopics(
  supabase: Supabase,
  asked: { title: string; category?: string },
): Promise<Topic[]> {
  return z.array(Topic).parse(must(await supabase.rpc('similar_topics', asked)))
}

/** Chooses what a topic is to the caller; null for no more than to anybody. */
export async function followTopic(
  supabase: Supabase,
  { topic, level }: { topic: string; level: FollowLevel | null },
): Promise<void> {
  must(await supabase.rpc('follow_topic', { topic, ...(level && { level }) }))
}

/** Remembers that the caller has read a topic up to the post of this number. Never goes back. */
export async function markRead(supabase: Supabase, read: { topic: string; number: number }): Promise<void> {
  must(await supabase.rpc('mark_read', read))
}

/** Marks all that is unread or new as read, in a category or everywhere, and returns how many topics that changed. */
export async function markAllRead(supabase: Supabase, category?: string): Promise<number> {
  return must(await supabase.rpc('mark_all_read', category ? { category } : {}))
}

/** The first post in reading order that was written after the post of this number; null where there is none. */
export async function readFirstUnread(
  supabase: Supabase,
  { topic, number }: { topic: string; number: number },
): Promise<string | null> {
  const unread = supabase
    .from('posts')
    .select('id')
    .eq('topic_id', topic)
    .gt('number', number)
    .is('deleted_at', null)
  return must(await unread.order('path').limit(1))[0]?.id ?? null
}
