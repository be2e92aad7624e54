import {
  appeal,
  decideCase,
  decideHeldPost,
  removeWatchedWord,
  reportPost,
  reviewCase,
  saveWatchedWord,
  setPostingRules,
  withdrawHeldPost,
} from '@p2p/client'
import type {
  CaseDecision,
  PostingRules,
  ReportReason,
  ReviewOutcome,
  WatchAction,
  WatchKind,
} from '@p2p/contracts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { supabase } from '../../../lib/supabase.ts'

export const useReport = (post: string) =>
  useMutation({
    mutationFn: (report: { reason: ReportReason; note?: string }) =>
      reportPost(supabase, { post, ...report }),
  })

function useModerating<Input>(act: (input: Input) => Promise<unknown>) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: act,
    // Refused as well: another moderator may have been first.
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['moderation'] }),
  })
}

export const useDecide = () =>
  useModerating(
    (decided: { id: string; decision: CaseDecision; note?: string; until?: string; expected: number }) =>
      decideCase(supabase, decided),
  )

export const useReview = () =>
  useModerating((review: { id: string; outcome: ReviewOutcome; note: string; expected: number }) =>
    reviewCase(supabase, review),
  )

export const useAppeal = () =>
  useModerating((written: { id: string; text: string }) => appeal(supabase, written))

export const useDecideHeld = () =>
  useModerating((decided: { id: string; accept: boolean; note?: string }) =>
    decideHeldPost(supabase, decided),
  )

export const useWithdraw = () => useModerating((id: string) => withdrawHeldPost(supabase, id))

export const useSetRules = () => useModerating((rules: PostingRules) => setPostingRules(supabase, rules))

export const useSaveWord = () =>
  useModerating((watched: { word: string; kind: WatchKind; action: WatchAction }) =>
    saveWatchedWord(supabase, watched),
  )

export const useRemoveWord = () => useModerating((id: string) => removeWatchedWord(supabase, id))
