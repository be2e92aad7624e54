import { joinNotifications } from '@p2p/client'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useEffectEvent } from 'react'
import { useAskTwice } from '../../lib/ask-twice.ts'
import { supabase } from '../../lib/supabase.ts'
import { notificationsKey } from './queries.ts'

/** Asks again what is unread when something is told, or was read on another device. */
export function useLiveNotifications(me: string) {
  const queryClient = useQueryClient()
  const look = useEffectEvent(
    useAskTwice(() => void queryClient.invalidateQueries({ queryKey: notificationsKey })),
  )
  useEffect(() => {
    const room = joinNotifications(supabase, me, {
      onChange: () => look(),
      // While the connection was lost, anything may have been told.
      onConnection: (now) => {
        if (now === 'joined') look()
      },
    })
    return () => void room.leave()
  }, [me])
}
