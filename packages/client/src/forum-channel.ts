import { channels, TopicEvent, TopicEventName } from '@p2p/contracts'
import type { Connection } from './room.ts'
import { listenTo } from './shared-room.ts'
import type { Supabase } from './supabase.ts'

export type ForumListener = {
  /** A topic the caller can read was opened or changed. */
  onTopic: (event: TopicEvent & { name: TopicEventName }) => void
  /** Of each of two rooms: the community's, and that of the caller's organization. */
  onConnection?: (connection: Connection) => void
}

/** Listens to the topics of the community and of the caller's organization. */
export function joinForum(
  supabase: Supabase,
  { organization, onTopic, onConnection }: ForumListener & { organization: string },
): { leave(): Promise<void> } {
  const onEvent = (name: string, payload: unknown) => {
    const [event, topic] = [TopicEventName.safeParse(name), TopicEvent.safeParse(payload)]
    if (event.success && topic.success) onTopic({ ...topic.data, name: event.data })
  }
  const rooms = [channels.forum(), channels.organization(organization)].map((name) =>
    listenTo(supabase, name, { onEvent, onConnection }),
  )
  return {
    async leave() {
      await Promise.all(rooms.map((room) => room.leave()))
    },
  }
}
