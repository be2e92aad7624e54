import {
  changeMemberRole,
  deactivateMember,
  handOver,
  leaveOrganization,
  reactivateMember,
  removeMember,
  resetSecondFactor,
} from '@p2p/client'
import type { Colleague } from '@p2p/contracts'
import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query'
import { meKey } from '../../../lib/me.ts'
import { supabase } from '../../../lib/supabase.ts'
import { statisticsQuery } from '../statistics-query.ts'
import type { Act } from './acts.ts'
import { membersKey } from './queries.ts'

const perform: Record<Act, (member: string) => Promise<unknown>> = {
  makeAdmin: (member) => changeMemberRole(supabase, { member, role: 'admin' }),
  makeMember: (member) => changeMemberRole(supabase, { member, role: 'member' }),
  handOver: (member) => handOver(supabase, member),
  resetFactor: (member) => resetSecondFactor(supabase, member),
  deactivate: (member) => deactivateMember(supabase, member),
  reactivate: (member) => reactivateMember(supabase, member),
  remove: (member) => removeMember(supabase, member),
}

/** Members are read anew, and so is what one may do oneself: an act can be about one's own role. */
const membersChanged = (queryClient: QueryClient) =>
  Promise.all([
    queryClient.invalidateQueries({ queryKey: membersKey }),
    queryClient.invalidateQueries({ queryKey: statisticsQuery.queryKey }),
    queryClient.invalidateQueries({ queryKey: meKey }),
  ])

export function useMemberAct() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: ({ act, member }: { act: Act; member: Colleague }) => perform[act](member.id),
    // After a refusal too: what is shown was not so any more.
    onSettled: () => membersChanged(queryClient),
  })
}

export function useLeave() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: () => leaveOrganization(supabase),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: meKey }),
  })
}
