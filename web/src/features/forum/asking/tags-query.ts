import { listTags } from '@p2p/client'
import { queryOptions } from '@tanstack/react-query'
import { supabase } from '../../../lib/supabase.ts'

export const tagsQuery = queryOptions({
  queryKey: ['forum', 'tags'],
  queryFn: () => listTags(supabase),
  staleTime: 60_000,
})
