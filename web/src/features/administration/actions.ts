import {
  deactivatePerson,
  discardDeadJobs,
  endPersonSessions,
  grantPlatformRole,
  reactivatePerson,
  readAddress,
  reinstateOrganization,
  removeSecondFactor,
  replayDeadJobs,
  resendPersonVerification,
  revokePlatformRole,
  suspendOrganization,
} from '@p2p/client'
import type { AdminOrganization, AdminPerson, PlatformRole } from '@p2p/contracts'
import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query'
import { supabase } from '../../lib/supabase.ts'
import { organizationKey, personKey } from './queries.ts'

const listsChanged = (queryClient: QueryClient, ...lists: string[]) =>
  Promise.all(lists.map((list) => queryClient.invalidateQueries({ queryKey: ['administration', list] })))

const organizationActs = { suspend: suspendOrganization, reinstate: reinstateOrganization }
export type OrganizationAct = keyof typeof organizationActs

export function useDecideOrganization(organization: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: ({ act, reason }: { act: OrganizationAct; reason: string }) =>
      organizationActs[act](supabase, { organization, reason }),
    onSuccess: (changed: AdminOrganization) => {
      queryClient.setQueryData(organizationKey(organization), changed)
      void listsChanged(queryClient, 'organizations', 'statistics')
    },
  })
}

const reasonedActs = {
  deactivate: deactivatePerson,
  reactivate: reactivatePerson,
  removeFactor: removeSecondFactor,
}
export type ReasonedAct = keyof typeof reasonedActs

const plainActs = { endSessions: endPersonSessions, resendVerification: resendPersonVerification }
export type PlainAct = keyof typeof plainActs

function usePersonChanged(person: string) {
  const queryClient = useQueryClient()
  return (changed: AdminPerson) => {
    queryClient.setQueryData(personKey(person), changed)
    void listsChanged(queryClient, 'people', 'roles')
  }
}

/** What takes a reason, because the person will read it. */
export function useDecidePerson(person: string) {
  const onSuccess = usePersonChanged(person)
  return useMutation({
    mutationFn: ({ act, reason }: { act: ReasonedAct; reason: string }) =>
      reasonedActs[act](supabase, { person, reason }),
    onSuccess,
  })
}

export function useActOnPerson(person: string) {
  const onSuccess = usePersonChanged(person)
  return useMutation({ mutationFn: (act: PlainAct) => plainActs[act](supabase, person), onSuccess })
}

export const useReadAddress = (person: string) =>
  useMutation({ mutationFn: () => readAddress(supabase, person) })

/** Null takes the role away. */
export function useSetRole() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: ({ person, role }: { person: string; role: PlatformRole | null }) =>
      role ? grantPlatformRole(supabase, { person, role }) : revokePlatformRole(supabase, person),
    onSuccess: (_, { person }) => {
      void listsChanged(queryClient, 'roles', 'people')
      void queryClient.invalidateQueries({ queryKey: personKey(person) })
    },
  })
}

export function useReplayJobs(queue: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (jobs: string[] | null) => replayDeadJobs(supabase, { queue, ...(jobs && { jobs }) }),
    onSettled: () => listsChanged(queryClient, 'queues', 'dead-jobs'),
  })
}

export function useDiscardJobs(queue: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (jobs: string[]) => discardDeadJobs(supabase, { queue, jobs }),
    onSettled: () => listsChanged(queryClient, 'queues', 'dead-jobs'),
  })
}
