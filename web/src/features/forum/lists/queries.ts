import { findSimilarTopics, listTags, listTopics, readUnreadCount } from '@p2p/client'
import type { TopicFilters, TopicSort } from '@p2p/contracts'
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { supabase } from '../../../lib/supabase.ts'

export type TopicsAsked = TopicFilters & { sort?: TopicSort }

/** All that lists topics; what changes topics or their standing to the reader invalidates it. */
export const topicsKey = ['forum', 'topics'] as const

export const topicsQuery = (asked: TopicsAsked = {}) =>
  infiniteQueryOptions({
    queryKey: [...topicsKey, asked],
    queryFn: ({ pageParam }) =>
      listTopics(supabase, { size: 20, ...asked, ...(pageParam && { after: pageParam }) }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    staleTime: 30_000,
  })

export const unreadCountQuery = queryOptions({
  queryKey: [...topicsKey, 'unread count'],
  queryFn: () => readUnreadCount(supabase),
  staleTime: 30_000,
})

export const tagsQuery = queryOptions({
  queryKey: ['forum', 'tags'],
  queryFn: () => listTags(supabase),
  staleTime: 5 * 60_000,
})

/** Asked for while a title is typed; the last answer stays until the next is there. */
export const similarQuery = (title: string, category: string) =>
  queryOptions({
    queryKey: ['forum', 'similar', title, category],
    queryFn: () => findSimilarTopics(supabase, { title, ...(category && { category }) }),
    enabled: title.length >= 6,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })
