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
import { type Connection, stayIn } from './room.ts'
import type { Supabase } from './supabase.ts'

export type TopicListener = {
  /** Something happened to a post: read it, or the pages since. */
  onPost: (event: PostEvent & { name: PostEventName }) => void
  /** Somebody else is writing; forget it after `typing.forgetAfterMs`. */
  onTyping?: (userId: string) => void
  /** Ids of everybody who has the topic open, the caller included. */
  onPresent?: (userIds: string[]) => void
  onConnection?: (connection: Connection) => void
}

export type TopicRoom = {
  /** Tells the others that the caller is writing. To be called at each keystroke: it is throttled. */
  typing: () => void
  leave: () => Promise<void>
}

/** Opens the channel of a topic. Whoever can't read the topic is refused. */
export function joinTopic(
  supabase: Supabase,
  { topic, me, ...listener }: TopicListener & { topic: string; me: string },
): TopicRoom {
  const makeChannel = () => {
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
    return channel.on('presence', { event: 'sync' }, () =>
      listener.onPresent?.(Object.keys(channel.presenceState())),
    )
  }
  const room = stayIn(supabase, makeChannel, {
    onConnection: listener.onConnection,
    onJoined: (channel) => void channel.track({ user_id: me }),
  })

  let sentAt = Number.NEGATIVE_INFINITY
  return {
    typing() {
      if (performance.now() - sentAt < typing.sendEveryMs) return
      sentAt = performance.now()
      void room.channel()?.send({ type: 'broadcast', event: 'typing', payload: { user_id: me } })
    },
    leave: room.leave,
  }
}

export type ForumListener = {
  /** A topic the caller can read was opened or changed. */
  onTopic: (event: TopicEvent & { name: TopicEventName }) => void
  onConnection?: (connection: Connection) => void
}

/** Listens to the topics of the community and of the caller's organization. */
export function joinForum(
  supabase: Supabase,
  { organization, ...listener }: ForumListener & { organization: string },
): { leave(): Promise<void> } {
  const makeChannel = (name: string) => () => {
    const channel = supabase.channel(name, { config: { private: true } })
    for (const event of topicEvents) {
      channel.on('broadcast', { event }, ({ payload }) => {
        const parsed = TopicEvent.safeParse(payload)
        if (parsed.success) listener.onTopic({ ...parsed.data, name: event })
      })
    }
    return channel
  }
  const rooms = [channels.forum(), channels.organization(organization)].map((name) =>
    stayIn(supabase, makeChannel(name), { onConnection: listener.onConnection }),
  )
  return { leave: async () => void (await Promise.all(rooms.map((room) => room.leave()))) }
}
