import { listMembers } from '@p2p/client'
import type { Locale, MemberFilter } from '@p2p/contracts'
import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query'
import { supabase } from '../../../lib/supabase.ts'

export const membersKey = ['organizations', 'members'] as const

/** Names in the order of the language they are read in. */
export const membersQuery = (filter: MemberFilter, reader: Locale) =>
  infiniteQueryOptions({
    queryKey: [...membersKey, filter, reader],
    queryFn: ({ pageParam }) =>
      listMembers(supabase, { ...filter, reader, size: 30, ...(pageParam && { after: pageParam }) }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    // The list of before stays until the one that is asked for is there.
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  })
