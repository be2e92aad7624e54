import { channels } from '@p2p/contracts'
import { type Connection, type Room, stayIn } from './room.ts'
import type { Supabase } from './supabase.ts'

export type ChannelListener = {
  /** What the database told: `topic_opened`, `access_changed` and their like. The payload is still to be parsed. */
  onEvent: (name: string, payload: unknown) => void
  onConnection?: ((connection: Connection) => void) | undefined
}

type SharedRoom = { room: Room; connection: Connection; listeners: Set<ChannelListener> }

// A client gives out one channel for a name: whoever left it would close it for every other part of a page.
const rooms = new WeakMap<Supabase, Map<string, SharedRoom>>()

/**
 * Listens to the private channel called `name`, which is joined once however many listen. Who comes later is told at once
 * that it is joined, because what was sent before has passed them by.
 */
export function listenTo(
  supabase: Supabase,
  name: string,
  listener: ChannelListener,
): { leave(): Promise<void> } {
  const open = rooms.get(supabase) ?? new Map<string, SharedRoom>()
  rooms.set(supabase, open)
  const shared = open.get(name) ?? enter(supabase, name, open)
  shared.listeners.add(listener)
  if (shared.connection === 'joined') listener.onConnection?.('joined')
  return {
    async leave() {
      shared.listeners.delete(listener)
      if (shared.listeners.size > 0) return
      if (open.get(name) === shared) open.delete(name)
      await shared.room.leave()
    },
  }
}

/** Listens to one's own channel. `refused` says that the session has ended. */
export const listenToOwn = (
  supabase: Supabase,
  me: string,
  listener: ChannelListener,
): { leave(): Promise<void> } => listenTo(supabase, channels.user(me), listener)

function enter(supabase: Supabase, name: string, open: Map<string, SharedRoom>): SharedRoom {
  const listeners = new Set<ChannelListener>()
  const makeChannel = () =>
    supabase
      .channel(name, { config: { private: true } })
      .on('broadcast', { event: '*' }, ({ event, payload }) => {
        for (const { onEvent } of Array.from(listeners)) onEvent(event, payload)
      })
  const room = stayIn(supabase, makeChannel, {
    onConnection(connection) {
      shared.connection = connection
      // Nothing follows a refusal: who asks later, as somebody who may, enters anew.
      if (connection === 'refused') open.delete(name)
      for (const { onConnection } of Array.from(listeners)) onConnection?.(connection)
    },
  })
  const shared: SharedRoom = { room, connection: 'lost', listeners }
  open.set(name, shared)
  return shared
}
