import {
  adminListOrganizations,
  adminListPeople,
  adminOrganization,
  adminPerson,
  listDeadJobs,
  listPlatformRoles,
  queueOverview,
  readStatistics,
} from '@p2p/client'
import type { OrganizationStatus, PersonStatus } from '@p2p/contracts'
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { supabase } from '../../lib/supabase.ts'

export type OrganizationsAsked = {
  q?: string | undefined
  status?: OrganizationStatus | undefined
  sort?: 'newest' | 'name' | undefined
}
export type PeopleAsked = {
  q?: string | undefined
  status?: PersonStatus | undefined
  organization?: string | undefined
}

export const organizationsQuery = ({ q, status, sort }: OrganizationsAsked) =>
  infiniteQueryOptions({
    queryKey: ['administration', 'organizations', { q, status, sort }],
    queryFn: ({ pageParam }) =>
      adminListOrganizations(supabase, {
        ...(q && { query: q }),
        ...(status && { status }),
        ...(sort && { sort }),
        ...(pageParam && { after: pageParam }),
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  })

export const organizationKey = (id: string) => ['administration', 'organization', id] as const

export const organizationQuery = (id: string) =>
  queryOptions({ queryKey: organizationKey(id), queryFn: () => adminOrganization(supabase, id) })

export const statisticsQuery = (organization: string) =>
  queryOptions({
    queryKey: ['administration', 'statistics', organization],
    queryFn: () => readStatistics(supabase, organization),
  })

export const peopleQuery = ({ q, status, organization }: PeopleAsked) =>
  infiniteQueryOptions({
    queryKey: ['administration', 'people', { q, status, organization }],
    queryFn: ({ pageParam }) =>
      adminListPeople(supabase, {
        ...(q && { query: q }),
        ...(status && { status }),
        ...(organization && { organization }),
        ...(pageParam && { after: pageParam }),
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  })

export const personKey = (id: string) => ['administration', 'person', id] as const

export const personQuery = (id: string) =>
  queryOptions({ queryKey: personKey(id), queryFn: () => adminPerson(supabase, id) })

export const rolesQuery = queryOptions({
  queryKey: ['administration', 'roles'],
  queryFn: () => listPlatformRoles(supabase),
})

/** Looked at anew while the page is open: queues move by themselves. */
export const queuesQuery = queryOptions({
  queryKey: ['administration', 'queues'],
  queryFn: () => queueOverview(supabase),
  refetchInterval: 10_000,
})

export const deadJobsQuery = (queue: string) =>
  infiniteQueryOptions({
    queryKey: ['administration', 'dead-jobs', queue],
    queryFn: ({ pageParam }) => listDeadJobs(supabase, { queue, ...(pageParam && { after: pageParam }) }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  })
