import { readCurrentDocuments } from '@p2p/client'
import { queryOptions } from '@tanstack/react-query'
import { supabase } from './supabase.ts'

/** Ids of the terms and the privacy notice in force, which somebody who signs up or accepts an invitation agrees to. */
export const currentDocumentsQuery = queryOptions({
  queryKey: ['legal', 'current'],
  queryFn: () => readCurrentDocuments(supabase),
  staleTime: 10 * 60_000,
})
