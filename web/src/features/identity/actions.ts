import {
  requestPasswordReset,
  resendVerification,
  setPassword,
  signIn,
  signOut,
  signUp,
  updateProfile,
  verifyEmail,
} from '@p2p/client'
import type { ProfilePatch, SignupInput } from '@p2p/contracts'
import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { changeLanguage } from '../../lib/i18n.ts'
import { supabase } from '../../lib/supabase.ts'
import { meQuery } from './queries.ts'

/** After somebody has come in: who it is, and the page in their language. */
export async function enter(queryClient: QueryClient) {
  queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'identity' })
  const me = await queryClient.fetchQuery({ ...meQuery, staleTime: 0 })
  if (me) await changeLanguage(me.locale)
}

export const useSignUp = () => useMutation({ mutationFn: (input: SignupInput) => signUp(supabase, input) })

export function useSignIn() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: async (input: { email: string; password: string }) => {
      await signIn(supabase, input)
      await enter(queryClient)
    },
  })
}

export function useSignOut() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: () => signOut(supabase),
    onSuccess: () => {
      queryClient.setQueryData(meQuery.queryKey, null)
      queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'identity' })
    },
  })
}

export const useResendVerification = () =>
  useMutation({ mutationFn: (email: string) => resendVerification(supabase, email) })

export const useRequestPasswordReset = () =>
  useMutation({ mutationFn: (email: string) => requestPasswordReset(supabase, email) })

/** With the link's token where there is one: it is used up only when a new password is really sent. */
export function useChooseNewPassword() {
  const queryClient = useQueryClient()
  const used = useRef<string | null>(null)
  return useMutation({
    mutationFn: async ({ password, tokenHash }: { password: string; tokenHash: string | null }) => {
      if (tokenHash && used.current !== tokenHash) {
        await verifyEmail(supabase, { tokenHash, type: 'recovery' })
        used.current = tokenHash
      }
      await setPassword(supabase, password)
      await enter(queryClient)
    },
  })
}

export function useUpdateProfile() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: async ({ id, patch }: { id: string; patch: ProfilePatch }) => {
      await updateProfile(supabase, id, patch)
      await queryClient.fetchQuery({ ...meQuery, staleTime: 0 })
    },
  })
}
