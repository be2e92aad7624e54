import {
  acceptDocuments,
  cancelErasure,
  linkToDataExport,
  requestDataExport,
  requestErasure,
} from '@p2p/client'
import type { DataExport, ErasureChoice } from '@p2p/contracts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { connectInMemory, supabase } from '../../lib/supabase.ts'
import { privacyQuery } from './queries.ts'

/** Does something about one's data, then shows what has become of it. */
function useAct<Input, Output>(act: (input: Input) => Promise<Output>) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: act,
    onSettled: () => queryClient.invalidateQueries({ queryKey: privacyQuery.queryKey }),
  })
}

export const useAcceptDocuments = () => useAct((documents: string[]) => acceptDocuments(supabase, documents))

export const useRequestExport = () => useAct(() => requestDataExport(supabase))

/** Has the browser fetch the file: the address answers with an attachment, so that the page stays. */
export const useFetchExport = () =>
  useAct(async (made: DataExport) => location.assign(await linkToDataExport(supabase, made)))

export type ErasureInput = {
  email: string
  password: string
  code?: string
  choice: ErasureChoice
  dissolve: boolean
}

export const useRequestErasure = () =>
  useAct((input: ErasureInput) => requestErasure(connectInMemory(), input))

export const useCancelErasure = () => useAct(() => cancelErasure(supabase))
