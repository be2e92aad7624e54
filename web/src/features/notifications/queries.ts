import {
  countUnreadNotifications,
  listNotifications,
  readNotificationSettings,
  unsubscribe,
} from '@p2p/client'
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { supabase } from '../../lib/supabase.ts'

export const notificationsKey = ['notifications'] as const

export const unreadQuery = queryOptions({
  queryKey: [...notificationsKey, 'unread'],
  queryFn: () => countUnreadNotifications(supabase),
  staleTime: 60_000,
})

export const notificationsQuery = (unreadOnly: boolean) =>
  infiniteQueryOptions({
    queryKey: [...notificationsKey, 'list', unreadOnly],
    queryFn: ({ pageParam }) =>
      listNotifications(supabase, {
        size: 20,
        unread_only: unreadOnly,
        ...(pageParam && { after: pageParam }),
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  })

/** The newest ten, for the bell. */
export const latestQuery = queryOptions({
  queryKey: [...notificationsKey, 'latest'],
  queryFn: () => listNotifications(supabase, { size: 10 }),
  staleTime: 60_000,
})

export const settingsQuery = queryOptions({
  queryKey: ['notification-settings'],
  queryFn: () => readNotificationSettings(supabase),
  staleTime: 60_000,
})

/** What the link of a mail ends. */
export const linkQuery = (token: string) =>
  queryOptions({
    queryKey: ['unsubscribe', token],
    queryFn: () => unsubscribe(supabase, { token }),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  })
