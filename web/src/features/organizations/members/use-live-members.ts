import { joinMembers } from '@p2p/client'
import { useQueryClient } from '@tanstack/react-query'
import { useMember } from '../../../lib/me.ts'
import { useRoom } from '../../../lib/room.ts'
import { supabase } from '../../../lib/supabase.ts'
import { statisticsQuery } from '../statistics-query.ts'
import { membersKey } from './queries.ts'

/** Reads members and their numbers anew when somebody came, changed or went. */
export function useLiveMembers() {
  const { organization } = useMember()
  const queryClient = useQueryClient()
  const read = () => {
    void queryClient.invalidateQueries({ queryKey: membersKey })
    void queryClient.invalidateQueries({ queryKey: statisticsQuery.queryKey })
  }
  useRoom(`members:${organization.id}`, () =>
    joinMembers(supabase, {
      organization: organization.id,
      onChange: read,
      // Between reading and joining, and while the connection was lost, anybody may have come or gone.
      onConnection: (now) => {
        if (now === 'joined') read()
      },
    }),
  )
}
