import { readStatistics } from '@p2p/client'
import { queryOptions } from '@tanstack/react-query'
import { supabase } from '../../lib/supabase.ts'

/** What one's own organization amounts to. */
export const statisticsQuery = queryOptions({
  queryKey: ['organizations', 'statistics'],
  queryFn: () => readStatistics(supabase),
  staleTime: 30_000,
})
