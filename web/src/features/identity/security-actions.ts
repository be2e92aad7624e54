import {
  addSecondFactor,
  cancelEmailChange,
  changeEmail,
  changePassword,
  confirmSecondFactor,
  endAllSessions,
  endOtherSessions,
  endSession,
  removeOwnSecondFactor,
} from '@p2p/client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { supabase } from '../../lib/supabase.ts'
import { endedKey, meQuery, pendingEmailQuery, secondFactorsQuery, sessionsQuery } from './queries.ts'

/** Ends every other session too. */
export function useChangePassword() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (input: { current: string; next: string }) => changePassword(supabase, input),
    onSuccess: () => queryClient.invalidateQueries(sessionsQuery),
  })
}

export function useChangeEmail() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (email: string) => changeEmail(supabase, email),
    onSuccess: (_, email) => queryClient.setQueryData(pendingEmailQuery.queryKey, email),
  })
}

export function useCancelEmailChange() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: () => cancelEmailChange(supabase),
    onSuccess: () => queryClient.setQueryData(pendingEmailQuery.queryKey, null),
  })
}

export const useAddSecondFactor = () =>
  useMutation({ mutationFn: (name: string) => addSecondFactor(supabase, name) })

/** The first code of a new app: from then on it counts, and the sessions without a code are over. */
export function useFinishSecondFactor() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: ({ factor, code }: { factor: string; code: string }) =>
      confirmSecondFactor(supabase, code, factor),
    onSuccess: () => factorsChanged(queryClient),
  })
}

/** A code, of any of one's apps, shows who asks. */
export function useRemoveSecondFactor() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: async ({ factor, code }: { factor: string; code: string }) => {
      await confirmSecondFactor(supabase, code)
      await removeOwnSecondFactor(supabase, factor)
    },
    onSuccess: () => factorsChanged(queryClient),
  })
}

const factorsChanged = (queryClient: ReturnType<typeof useQueryClient>) =>
  Promise.all(
    [secondFactorsQuery, sessionsQuery, meQuery].map(({ queryKey }) =>
      queryClient.invalidateQueries({ queryKey }),
    ),
  )

export function useEndSession() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (session: string) => endSession(supabase, session),
    // What was over already is over all the same.
    onSettled: () => queryClient.invalidateQueries(sessionsQuery),
  })
}

export function useEndOtherSessions() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: () => endOtherSessions(supabase),
    onSuccess: () => queryClient.invalidateQueries(sessionsQuery),
  })
}

export function useEndAllSessions() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: () => {
      queryClient.setQueryData(endedKey, false)
      return endAllSessions(supabase)
    },
  })
}
