import { channels } from '@p2p/contracts'
import { type Connection, type Room, stayIn } from './room.ts'
import type { Supabase } from './supabase.ts'

export type OwnListener = {
  /** What the database told: `access_changed`, `file_settled` and their like. The payload is still to be parsed. */
  onEvent: (name: string, payload: unknown) => void
  onConnection?: (connection: Connection) => void
}

type Own = { me: string; room: Room; listeners: Set<OwnListener> }

// A client gives out one channel for a name, and several parts of a page listen to this one.
const open = new WeakMap<Supabase, Own>()

/**
 * Listens to one's own channel, which is joined once however many listen. `refused` says that the session has ended.
 */
export function listenToOwn(supabase: Supabase, me: string, listener: OwnListener): { leave(): void } {
  const own = ownOf(supabase, me)
  own.listeners.add(listener)
  return {
    leave() {
      own.listeners.delete(listener)
      if (own.listeners.size > 0) return
      if (open.get(supabase) === own) open.delete(supabase)
      void own.room.leave()
    },
  }
}

function ownOf(supabase: Supabase, me: string): Own {
  const before = open.get(supabase)
  if (before?.me === me) return before
  const listeners = new Set<OwnListener>()
  const makeChannel = () =>
    supabase
      .channel(channels.user(me), { config: { private: true } })
      .on('broadcast', { event: '*' }, ({ event, payload }) => {
        for (const { onEvent } of Array.from(listeners)) onEvent(event, payload)
      })
  const room = stayIn(supabase, makeChannel, {
    onConnection: (connection) => {
      for (const { onConnection } of Array.from(listeners)) onConnection?.(connection)
    },
  })
  const own = { me, room, listeners }
  open.set(supabase, own)
  return own
}
