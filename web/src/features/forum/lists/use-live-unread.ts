import { useThrottledCallback } from '@mantine/hooks'
import { joinForum } from '@p2p/client'
import { useQueryClient } from '@tanstack/react-query'
import { useAskTwice } from '../../../lib/ask-twice.ts'
import { useMember } from '../../../lib/me.ts'
import { useRoom } from '../../../lib/room.ts'
import { supabase } from '../../../lib/supabase.ts'
import { unreadCountQuery } from './queries.ts'

/** Asks again how much is unread when a topic was opened or changed: every few seconds at most. */
export function useLiveUnread() {
  const { organization } = useMember()
  const queryClient = useQueryClient()
  const look = useAskTwice(
    useThrottledCallback(
      () => void queryClient.invalidateQueries({ queryKey: unreadCountQuery.queryKey }),
      5_000,
    ),
  )
  useRoom(`unread:${organization.id}`, () =>
    joinForum(supabase, {
      organization: organization.id,
      onTopic: () => look(),
      // While the connection was lost, any number of topics may have changed.
      onConnection: (now) => {
        if (now === 'joined') look()
      },
    }),
  )
}
