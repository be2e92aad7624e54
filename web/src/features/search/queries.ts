import { searchForum } from '@p2p/client'
import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query'
import { supabase } from '../../lib/supabase.ts'

/** What the address asks for. */
export type Asked = {
  q?: string | undefined
  category?: string | undefined
  answered?: 'yes' | 'no' | undefined
}

export const forumSearchQuery = ({ q, category, answered }: Asked) =>
  infiniteQueryOptions({
    queryKey: ['search', 'forum', q ?? '', category ?? '', answered ?? ''],
    queryFn: ({ pageParam }) =>
      searchForum(supabase, {
        query: q ?? '',
        filters: { ...(category && { category }), ...(answered && { answered: answered === 'yes' }) },
        ...(pageParam && { after: pageParam }),
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    enabled: Boolean(q),
    staleTime: 30_000,
  })
