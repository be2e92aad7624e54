import { joinInvitations } from '@p2p/client'
import { useQueryClient } from '@tanstack/react-query'
import { useMember } from '../../lib/me.ts'
import { useRoom } from '../../lib/room.ts'
import { supabase } from '../../lib/supabase.ts'
import { companyKey } from './queries.ts'

/** Reads the lists again when another admin, or somebody who accepts, has changed them. */
export function useLiveInvitations() {
  const { organization } = useMember()
  const queryClient = useQueryClient()
  const look = () => void queryClient.invalidateQueries({ queryKey: companyKey })
  useRoom(`invitations:${organization.id}`, () =>
    joinInvitations(supabase, {
      organization: organization.id,
      onChange: look,
      // Between reading and joining, and while the connection was lost, something may have changed.
      onConnection: (now) => {
        if (now === 'joined') look()
      },
    }),
  )
}
