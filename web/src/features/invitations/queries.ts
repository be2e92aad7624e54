import { listInvitations, listJoinRequests, openInvitation } from '@p2p/client'
import type { InvitationState } from '@p2p/contracts'
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { supabase } from '../../lib/supabase.ts'

export const companyKey = ['invitations', 'company'] as const

/** What of the list is shown; both left out: all of it. */
export type InvitationFilter = { state?: InvitationState | undefined; q?: string | undefined }

export const invitationsQuery = ({ state, q }: InvitationFilter) =>
  infiniteQueryOptions({
    queryKey: [...companyKey, 'list', state ?? null, q ?? ''],
    queryFn: ({ pageParam }) =>
      listInvitations(supabase, {
        size: 20,
        ...(state && { state }),
        ...(q && { query: q }),
        ...(pageParam && { after: pageParam }),
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  })

export const joinRequestsQuery = infiniteQueryOptions({
  queryKey: [...companyKey, 'requests'],
  queryFn: ({ pageParam }) =>
    listJoinRequests(supabase, { size: 20, ...(pageParam && { after: pageParam }) }),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next,
})

/** What the link of a mail opens. */
export const invitationQuery = (token: string) =>
  queryOptions({
    queryKey: ['invitations', 'opened', token],
    queryFn: () => openInvitation(supabase, token),
    retry: false,
  })
