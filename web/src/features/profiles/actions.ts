import { updateProfile } from '@p2p/client'
import type { ProfilePatch } from '@p2p/contracts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { meKey } from '../../lib/me.ts'
import { supabase } from '../../lib/supabase.ts'

/** Reads oneself anew wherever one is shown: here now, on other pages when they are opened. */
export function useSeeMyself() {
  const queryClient = useQueryClient()
  return useCallback(async () => {
    await queryClient.invalidateQueries({ refetchType: 'none' })
    await Promise.all([
      queryClient.refetchQueries({ queryKey: meKey }),
      queryClient.refetchQueries({ queryKey: ['profiles'], type: 'active' }),
    ])
  }, [queryClient])
}

export function useUpdateProfile() {
  const seeMyself = useSeeMyself()
  return useMutation({
    mutationFn: async (patch: ProfilePatch) => {
      await updateProfile(supabase, patch)
      await seeMyself()
    },
  })
}
