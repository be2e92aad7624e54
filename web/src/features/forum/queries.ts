import { listCategories, listTopics, readPeople, readTopic } from '@p2p/client'
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { supabase } from '../../lib/supabase.ts'

export const categoriesQuery = queryOptions({
  queryKey: ['forum', 'categories'],
  queryFn: () => listCategories(supabase),
  staleTime: 60_000,
})

/** Topics of one category, or of all for null. */
export const topicsQuery = (category: string | null) =>
  infiniteQueryOptions({
    queryKey: ['forum', 'topics', category],
    queryFn: ({ pageParam }) =>
      listTopics(supabase, {
        size: 20,
        ...(category && { category }),
        ...(pageParam && { after: pageParam }),
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    staleTime: 30_000,
  })

export const topicKey = (topic: string) => ['forum', 'topic', topic] as const

export const topicQuery = (topic: string) =>
  infiniteQueryOptions({
    queryKey: topicKey(topic),
    queryFn: ({ pageParam }) =>
      readTopic(supabase, { topic, size: 50, ...(pageParam && { after: pageParam }) }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    staleTime: 30_000,
  })

/** People of whom only ids are known: readers and writers of a topic. */
export const peopleQuery = (ids: readonly string[]) =>
  queryOptions({
    queryKey: ['forum', 'people', ids.toSorted()],
    queryFn: () => readPeople(supabase, ids),
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
    staleTime: 10 * 60_000,
  })
