import { listOrganizations, listPeople, readOrganization, readPerson, readReputation } from '@p2p/client'
import type { OrganizationFilters, OrganizationSort, PeopleFilters } from '@p2p/contracts'
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { supabase } from '../../lib/supabase.ts'

const pageSize = 20

export type PeopleAsked = { q?: string | undefined } & {
  [F in keyof PeopleFilters]: PeopleFilters[F] | undefined
}
export type OrganizationsAsked = {
  q?: string | undefined
  sort?: OrganizationSort | undefined
  verified?: 'yes' | undefined
} & { [F in keyof Omit<OrganizationFilters, 'verified'>]: OrganizationFilters[F] | undefined }

/** What is asked for, without what is not. */
const given = <T extends object>(filters: T) =>
  Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined && value !== ''))

export const peopleQuery = ({ q, ...filters }: PeopleAsked) =>
  infiniteQueryOptions({
    queryKey: ['directory', 'people', q ?? '', given(filters)],
    queryFn: ({ pageParam }) =>
      listPeople(supabase, {
        ...(q && { query: q }),
        filters: given(filters),
        ...(pageParam && { after: pageParam }),
        size: pageSize,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  })

export const organizationsQuery = ({ q, sort, verified, ...filters }: OrganizationsAsked) =>
  infiniteQueryOptions({
    queryKey: ['directory', 'organizations', q ?? '', sort ?? 'name', verified ?? '', given(filters)],
    queryFn: ({ pageParam }) =>
      listOrganizations(supabase, {
        ...(q && { query: q }),
        ...(sort && { sort }),
        filters: { ...given(filters), ...(verified && { verified: true }) },
        ...(pageParam && { after: pageParam }),
        size: pageSize,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  })

export const organizationQuery = (organization: string) =>
  queryOptions({
    queryKey: ['directory', 'organization', organization],
    queryFn: () => readOrganization(supabase, organization),
    staleTime: 30_000,
  })

export const personQuery = (person: string) =>
  queryOptions({
    queryKey: ['directory', 'person', person],
    queryFn: () => readPerson(supabase, person),
    staleTime: 30_000,
  })

/** What others find useful of them. */
export const reputationQuery = (person: string) =>
  queryOptions({
    queryKey: ['directory', 'reputation', person],
    queryFn: () => readReputation(supabase, person),
    staleTime: 30_000,
  })
