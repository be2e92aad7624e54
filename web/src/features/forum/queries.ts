import { listCategories, readPeople, readPostHistory, readTopic } from '@p2p/client'
import type { BranchSort } from '@p2p/contracts'
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { supabase } from '../../lib/supabase.ts'
import type { PageParam } from './topic-pages.ts'

export const categoriesQuery = queryOptions({
  queryKey: ['forum', 'categories'],
  queryFn: () => listCategories(supabase),
  staleTime: 60_000,
})

export const topicKey = (topic: string) => ['forum', 'topic', topic] as const

/**
 * A topic in branches, from the branch of the post `start` on where the address points to one. What is loaded never
 * goes stale by itself: who joins the topic's channel asks what has happened since its mark.
 */
export const topicQuery = (topic: string, sort: BranchSort = 'oldest', start: string | null = null) => {
  const first: PageParam = start ? { post: start } : {}
  return infiniteQueryOptions({
    queryKey: [...topicKey(topic), sort, start],
    queryFn: async ({ pageParam }) => ({
      ...(await readTopic(supabase, { topic, sort, size: 20, ...pageParam })),
      sort,
    }),
    initialPageParam: first,
    getNextPageParam: ({ next }) => (next ? { after: next } : null),
    getPreviousPageParam: ({ previous }) => (previous ? { before: previous } : null),
    staleTime: Number.POSITIVE_INFINITY,
    // Another order comes in the place of the one before it.
    ...(!start && { placeholderData: keepPreviousData }),
  })
}

export const historyQuery = (post: string, revision: number) =>
  infiniteQueryOptions({
    queryKey: ['forum', 'history', post, revision],
    queryFn: ({ pageParam }) =>
      readPostHistory(supabase, { post, ...(pageParam !== null && { before: pageParam }) }),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next,
    staleTime: Number.POSITIVE_INFINITY,
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
