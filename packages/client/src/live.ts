import {
  channels,
  PostEvent,
  type PostEventName,
  postEvents,
  postVoted,
  TypingEvent,
  topicChanged,
  typing,
} from '@p2p/contracts'
import { type Connection, stayIn } from './room.ts'
import type { Supabase } from './supabase.ts'

export type TopicListener = {
  /** Something happened to a post: read it, or the pages since. */
  onPost: (event: PostEvent & { name: PostEventName }) => void
  /** Somebody voted, or the topic itself changed: its title, its best answer, whether it is closed, pinned, here at all. */
  onTopic?: () => void
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

type JoinedTopic = {
  topic: string
  /** The company whose people alone read the topic; null for the community's. */
  organization?: string | null
  me: string
}

/** Opens the channel of a topic. Whoever can't read the topic is refused. */
export function joinTopic(
  supabase: Supabase,
  { topic, organization = null, me, ...listener }: TopicListener & JoinedTopic,
): TopicRoom {
  const makeChannel = () => {
    const channel = supabase.channel(channels.topic(topic, organization), {
      config: { private: true, broadcast: { self: false }, presence: { key: me } },
    })
    for (const name of postEvents) {
      channel.on('broadcast', { event: name }, ({ payload }) => {
        const event = PostEvent.safeParse(payload)
        if (event.success) listener.onPost({ ...event.data, name })
      })
    }
    for (const event of [topicChanged, postVoted]) {
      channel.on('broadcast', { event }, () => listener.onTopic?.())
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
