import { readCompanyProfile, setRegistrationNumber, updateOrganization } from '@p2p/client'
import type { CompanyProfile, OrganizationPatch } from '@p2p/contracts'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { meKey } from '../../lib/me.ts'
import { supabase } from '../../lib/supabase.ts'

const askAgainMs = 2_000

/** The own company as its admin edits it; asked again while the registry is being asked. */
export const companyProfileQuery = queryOptions({
  queryKey: ['organizations', 'profile'],
  queryFn: () => readCompanyProfile(supabase),
  refetchInterval: ({ state }) => state.data?.registration?.state === 'pending' && askAgainMs,
})

/** Reads the company anew wherever it is shown. */
export function useSeeCompany() {
  const queryClient = useQueryClient()
  return useCallback(
    () =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: companyProfileQuery.queryKey }),
        queryClient.invalidateQueries({ queryKey: ['directory'] }),
        queryClient.invalidateQueries({ queryKey: meKey }),
      ]),
    [queryClient],
  )
}

export function useUpdateCompany() {
  const seeCompany = useSeeCompany()
  return useMutation({
    mutationFn: ({ patch, expected }: { patch: OrganizationPatch; expected: number }) =>
      updateOrganization(supabase, patch, expected),
    // After a refusal as well: another admin may have written.
    onSettled: seeCompany,
  })
}

export function useSetRegistrationNumber() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (number: string | null) => setRegistrationNumber(supabase, number),
    onSuccess: (profile: CompanyProfile) => queryClient.setQueryData(companyProfileQuery.queryKey, profile),
  })
}
