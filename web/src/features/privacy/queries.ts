import { readLegalDocuments, readPrivacy } from '@p2p/client'
import type { LegalKind } from '@p2p/contracts'
import { queryOptions } from '@tanstack/react-query'
import { supabase } from '../../lib/supabase.ts'

/** What one has agreed to and asked for. Asked again while a copy is being made, to show how far it has come. */
export const privacyQuery = queryOptions({
  queryKey: ['privacy', 'mine'],
  queryFn: () => readPrivacy(supabase),
  staleTime: 5 * 60_000,
  refetchInterval: ({ state }) =>
    state.data?.export && ['waiting', 'building'].includes(state.data.export.state) ? 2_000 : false,
})

/** All versions, the one in force first. */
export const legalQuery = (kind: LegalKind) =>
  queryOptions({
    queryKey: ['legal', kind],
    queryFn: () => readLegalDocuments(supabase, kind),
    staleTime: 10 * 60_000,
  })
