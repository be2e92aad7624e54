import { discardDraft, listDrafts, readDraft, saveDraft } from '@p2p/client'
import type { Draft, DraftKey } from '@p2p/contracts'
import { queryOptions, useMutation } from '@tanstack/react-query'
import { forgetDraft } from '../../../lib/drafts.ts'
import { useMember } from '../../../lib/me.ts'
import { supabase } from '../../../lib/supabase.ts'
import { excerptOf } from '../votes/excerpt.ts'

export const draftsQuery = queryOptions({
  queryKey: ['forum', 'drafts'],
  queryFn: () => listDrafts(supabase),
  // Written on other pages and other devices. Afterwards what was thrown away stays to be brought back.
  staleTime: 0,
  refetchOnWindowFocus: false,
  refetchOnReconnect: false,
})

/** Forgets a draft here and on the server; answers it whole, so that it can be brought back. */
export function useThrowAway() {
  const me = useMember()
  return useMutation({
    mutationFn: async (key: DraftKey) => {
      const draft = await readDraft(supabase, key)
      await discardDraft(supabase, key)
      forgetDraft(`${me.id}:${key}`)
      return draft
    },
  })
}

export const useBringBack = () =>
  useMutation({
    // Where it was begun anew meanwhile, what is there stays.
    mutationFn: ({ key, content }: Draft) => saveDraft(supabase, { key, content, basedOn: null }),
  })

/** The words of a document that has no place any more, for another one. */
export const useCopyWords = () =>
  useMutation({
    mutationFn: async (wordsOf: () => unknown) =>
      navigator.clipboard.writeText(excerptOf(await wordsOf(), Number.POSITIVE_INFINITY)),
  })
