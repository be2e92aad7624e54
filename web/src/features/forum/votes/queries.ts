import { likelyAnswers } from '@p2p/client'
import type { Post } from '@p2p/contracts'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { supabase } from '../../../lib/supabase.ts'

/** Asked again when other posts come into question; what is loaded is shown meanwhile. */
export const likelyAnswersQuery = (topic: string, loaded: readonly Post[]) =>
  queryOptions({
    queryKey: ['forum', 'likely-answers', topic, loaded.map((post) => post.id)],
    queryFn: () => likelyAnswers(supabase, topic),
    placeholderData: loaded.length > 0 ? [...loaded] : keepPreviousData,
    staleTime: 60_000,
  })
