import {
  channels,
  PostEvent,
  type PostEventName,
  postEvents,
  TopicEvent,
  type TopicEventName,
  TypingEvent,
  topicEvents,
  typing,
} from '@p2p/contracts'
import type { RealtimeChannel } from '@supabase/supabase-js'
import type { Supabase } from './supabase.ts'

/** `joined`: events arrive. `lost`: they may have been missed; `joined` follows when the connection is back. */
export type Connection = 'joined' | 'lost' | 'refused'

export type TopicListener = {
  /** Something happened to a post: read it, or the pages since. */
  onPost(event: PostEvent & { name: PostEventName }): void
  /** Somebody else is writing; forget it after `typing.forgetAfterMs`. */
  onTyping?(userId: string): void
  /** Ids of everybody who has the topic open, the caller included. */
  onPresent?(userIds: string[]): void
  onConnection?(connection: Connection): void
}

export type TopicRoom = {
  /** Tells the others that the caller is writing. To be called at each keystroke: it is throttled. */
  typing(): void
  leave(): Promise<void>
}

/** Opens the channel of a topic. Whoever can't read the topic is refused. */
export function joinTopic(
  supabase: Supabase,
  { topic, me, ...listener }: TopicListener & { topic: string; me: string },
): TopicRoom {
  const channel = supabase.channel(channels.topic(topic), {
    config: { private: true, broadcast: { self: false }, presence: { key: me } },
  })
  for (const name of postEvents) {
    channel.on('broadcast', { event: name }, ({ payload }) => {
      const event = PostEvent.safeParse(payload)
      if (event.success) listener.onPost({ ...event.data, name })
    })
  }
  channel.on('broadcast', { event: 'typing' }, ({ payload }) => {
    const event = TypingEvent.safeParse(payload)
    if (event.success && event.data.user_id !== me) listener.onTyping?.(event.data.user_id)
  })
  channel.on('presence', { event: 'sync' }, () => listener.onPresent?.(Object.keys(channel.presenceState())))
  subscribe(channel, listener.onConnection, () => void channel.track({ user_id: me }))

  let sentAt = Number.NEGATIVE_INFINITY
  return {
    typing() {
      if (performance.now() - sentAt < typing.sendEveryMs) return
      sentAt = performance.now()
      void channel.send({ type: 'broadcast', event: 'typing', payload: { user_id: me } })
    },
    leave: async () => void (await supabase.removeChannel(channel)),
  }
}

export type ForumListener = {
  /** A topic the caller can read was opened or changed. */
  onTopic(event: TopicEvent & { name: TopicEventName }): void
  onConnection?(connection: Connection): void
}

/** Listens to the topics of the community and of the caller's organization. */
export function joinForum(
  supabase: Supabase,
  { organization, ...listener }: ForumListener & { organization: string },
): { leave(): Promise<void> } {
  const joined = [channels.forum(), channels.organization(organization)].map((name) => {
    const channel = supabase.channel(name, { config: { private: true } })
    for (const event of topicEvents) {
      channel.on('broadcast', { event }, ({ payload }) => {
        const parsed = TopicEvent.safeParse(payload)
        if (parsed.success) listener.onTopic({ ...parsed.data, name: event })
      })
    }
    subscribe(channel, listener.onConnection)
    return channel
  })
  return {
    leave: async () => void (await Promise.all(joined.map((channel) => supabase.removeChannel(channel)))),
  }
}

function subscribe(
  channel: RealtimeChannel,
  onConnection: ((connection: Connection) => void) | undefined,
  onJoined?: () => void,
): void {
  channel.subscribe((status, error) => {
    if (status === 'SUBSCRIBED') {
      onJoined?.()
      onConnection?.('joined')
    } else if (status === 'CHANNEL_ERROR' && error?.message.includes('Unauthorized')) {
      onConnection?.('refused')
    } else if (status === 'CHANNEL_ERROR' || status === 'TIMED_OUT') {
      onConnection?.('lost')
    }
  })
}
