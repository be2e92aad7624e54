import {
  listCases,
  listWatchedWords,
  readCase,
  readHeldPost,
  readPostingRules,
  readStanding,
} from '@p2p/client'
import type { CaseState } from '@p2p/contracts'
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { supabase } from '../../../lib/supabase.ts'

/** Looked at anew while the page is open: others report and decide meanwhile. */
export const casesQuery = (state: CaseState) =>
  infiniteQueryOptions({
    queryKey: ['moderation', 'cases', state],
    queryFn: ({ pageParam }) => listCases(supabase, { state, ...(pageParam && { after: pageParam }) }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    refetchInterval: 30_000,
  })

export const caseQuery = (id: string) =>
  queryOptions({ queryKey: ['moderation', 'case', id], queryFn: () => readCase(supabase, id) })

export const heldPostQuery = (id: string) =>
  queryOptions({ queryKey: ['moderation', 'held', id], queryFn: () => readHeldPost(supabase, id) })

export const postingRulesQuery = queryOptions({
  queryKey: ['moderation', 'rules'],
  queryFn: () => readPostingRules(supabase),
})

/** Asked wherever one might write, so not anew for each place. */
export const standingQuery = queryOptions({
  queryKey: ['moderation', 'standing'],
  queryFn: () => readStanding(supabase),
  staleTime: 60_000,
})

export const watchedWordsQuery = queryOptions({
  queryKey: ['moderation', 'words'],
  queryFn: () => listWatchedWords(supabase),
})
