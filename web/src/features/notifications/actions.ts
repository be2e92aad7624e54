import { markNotificationsRead, setDigestTime, setNotificationPreference, unsubscribe } from '@p2p/client'
import type { NotificationPreference, NotificationSettings, UnsubscribeInput } from '@p2p/contracts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { supabase } from '../../lib/supabase.ts'
import { notificationsKey, settingsQuery } from './queries.ts'

/** Marks these notices as read; without ids, all. */
export function useMarkRead() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (ids?: string[]) => markNotificationsRead(supabase, ids ? { ids } : {}),
    onSettled: () => queryClient.invalidateQueries({ queryKey: notificationsKey }),
  })
}

/** Shows a choice at once, and what is so once it has been asked again. */
function useSetting<Input>(
  act: (input: Input) => Promise<void>,
  apply: (settings: NotificationSettings, input: Input) => NotificationSettings,
) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: act,
    onMutate: async (input) => {
      await queryClient.cancelQueries({ queryKey: settingsQuery.queryKey })
      const before = queryClient.getQueryData(settingsQuery.queryKey)
      queryClient.setQueryData(settingsQuery.queryKey, before && apply(before, input))
      return before
    },
    // Asked again below, which can wait for the connection.
    onError: (_error, _input, before) => queryClient.setQueryData(settingsQuery.queryKey, before),
    onSettled: () => queryClient.invalidateQueries({ queryKey: settingsQuery.queryKey }),
  })
}

export const useSetPreference = () =>
  useSetting(
    (preference: NotificationPreference) => setNotificationPreference(supabase, preference),
    (settings, preference) => ({
      ...settings,
      kinds: settings.kinds.map((before) => (before.kind === preference.kind ? preference : before)),
    }),
  )

export const useSetDigestTime = () =>
  useSetting(
    (time: { hour: number; weekday: number }) => setDigestTime(supabase, time),
    (settings, time) => ({ ...settings, ...time }),
  )

export const useUnsubscribe = () =>
  useMutation({ mutationFn: (input: UnsubscribeInput) => unsubscribe(supabase, input) })
