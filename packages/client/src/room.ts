import type { RealtimeChannel } from '@supabase/supabase-js'
import type { Supabase } from './supabase.ts'

/**
 * `joined`: events arrive. `lost`: they may have been missed; `joined` follows when the connection is back.
 * `refused`: the caller may not listen here (any more); nothing follows.
 */
export type Connection = 'joined' | 'lost' | 'refused'

export type Room = {
  /** The channel of the moment, once there is one; a channel that the server closed is replaced. */
  channel: () => RealtimeChannel | undefined
  leave: () => Promise<void>
}

type Listener = {
  onConnection?: ((connection: Connection) => void) | undefined
  onJoined?: (channel: RealtimeChannel) => void
}

// A client gives out one channel for a name. A room that is entered again at once (a page that is built twice) must not
// be handed the channel that is still being left.
const leaving = new WeakMap<Supabase, Promise<unknown>>()

function remove(supabase: Supabase, channel: RealtimeChannel): Promise<unknown> {
  const before = leaving.get(supabase)
  const removed = Promise.resolve(before).then(() => supabase.removeChannel(channel))
  leaving.set(supabase, removed)
  return removed
}

/**
 * Joins a private channel and stays in it. The realtime client rejoins after a lost connection by itself, but not after
 * the server closed the channel because the token ran out while the machine slept: then a new one is made, with the
 * token of the session as it is by then.
 */
export function stayIn(supabase: Supabase, makeChannel: () => RealtimeChannel, listener: Listener): Room {
  let channel: RealtimeChannel | undefined
  let left = false

  const leave = async () => {
    left = true
    if (channel) await remove(supabase, channel)
  }

  const join = async () => {
    // Without its token the first join may leave before the client has read the session, and be refused as a visitor's.
    await Promise.all([supabase.realtime.setAuth(), leaving.get(supabase)])
    if (left) return
    const joining = makeChannel()
    channel = joining
    joining.subscribe((status, error) => {
      if (left || joining !== channel) return
      if (status === 'SUBSCRIBED') {
        listener.onJoined?.(joining)
        listener.onConnection?.('joined')
      } else if (error?.message.includes('Unauthorized')) {
        void leave()
        listener.onConnection?.('refused')
      } else {
        listener.onConnection?.('lost')
        if (status === 'CLOSED') void remove(supabase, joining).then(join)
      }
    })
  }

  void join()
  return { channel: () => channel, leave }
}
