import {
  confirmSecondFactor,
  requestPasswordReset,
  resendVerification,
  setPassword,
  signIn,
  signOut,
  signUp,
  verifyEmail,
} from '@p2p/client'
import type { SignupInput } from '@p2p/contracts'
import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { changeLanguage } from '../../lib/i18n.ts'
import { keepSession } from '../../lib/session-keeper.ts'
import { supabase } from '../../lib/supabase.ts'
import { endedKey, meQuery } from './queries.ts'

/** After somebody has come in: who it is, and the page in their language. */
export async function enter(queryClient: QueryClient) {
  queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'identity' })
  queryClient.removeQueries({ queryKey: endedKey })
  const me = await queryClient.fetchQuery({ ...meQuery, staleTime: 0 })
  if (me) await changeLanguage(me.locale)
}

export const useSignUp = () => useMutation({ mutationFn: (input: SignupInput) => signUp(supabase, input) })

export function useSignIn() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: async (input: { email: string; password: string; remember: boolean }) => {
      keepSession(input)
      await signIn(supabase, input)
      await enter(queryClient)
    },
  })
}

export function useSignOut() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: () => {
      queryClient.setQueryData(endedKey, false)
      // The session is gone from here, whether or not the server could be told.
      return signOut(supabase).catch(() => {})
    },
    onSuccess: () => {
      queryClient.setQueryData(meQuery.queryKey, null)
      queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'identity' })
    },
  })
}

/** The code after the password: from then on the session opens everything. */
export function useConfirmSecondFactor() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: async (code: string) => {
      await confirmSecondFactor(supabase, code)
      await enter(queryClient)
    },
  })
}

export const useResendVerification = () =>
  useMutation({ mutationFn: (email: string) => resendVerification(supabase, email) })

export const useRequestPasswordReset = () =>
  useMutation({ mutationFn: (email: string) => requestPasswordReset(supabase, email) })

type NewPassword = {
  password: string
  tokenHash: string
  /** Of the app, where there is a second factor. */
  code?: string
}

/** By the token of a link, which is used up only when a new password is really sent. */
export function useChooseNewPassword() {
  const queryClient = useQueryClient()
  const used = useRef<string | null>(null)
  return useMutation({
    mutationFn: async ({ password, tokenHash, code }: NewPassword) => {
      if (used.current !== tokenHash) {
        keepSession({ remember: false })
        await verifyEmail(supabase, { tokenHash, type: 'recovery' })
        used.current = tokenHash
      }
      if (code) await confirmSecondFactor(supabase, code)
      await setPassword(supabase, password)
      await enter(queryClient)
    },
  })
}
