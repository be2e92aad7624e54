import { joinForum, listTopics } from '@p2p/client'
import type { TopicList } from '@p2p/contracts'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useAskTwice } from '../../lib/ask-twice.ts'
import { useMember } from '../../lib/me.ts'
import { useRoom } from '../../lib/room.ts'
import { supabase } from '../../lib/supabase.ts'
import { type TopicsAsked, topicsQuery } from './lists/queries.ts'

/**
 * How many topics that belong in this list others have opened since it was read; whatever its order. Of one list as long
 * as the component is on the page: what asks for another is another component, by its key.
 */
export function useNewTopics(asked: TopicsAsked) {
  const me = useMember()
  const list = useInfiniteQuery(topicsQuery(asked)).data
  const [looks, setLooks] = useState<{ first: TopicList; last: TopicList } | null>(null)
  const isByTime = asked.sort === undefined || asked.sort === 'activity' || asked.sort === 'newest'

  // What fails is asked for again by the next topic, or when the connection is back.
  const look = useAskTwice(
    () =>
      void listTopics(supabase, { size: 20, ...asked, sort: 'newest' }).then(
        (last) => setLooks((before) => ({ first: before?.first ?? last, last })),
        () => {},
      ),
  )

  useRoom(`forum:${me.organization.id}`, () =>
    joinForum(supabase, {
      organization: me.organization.id,
      onTopic: (event) => {
        if (event.name === 'topic_opened') look()
      },
      // Between reading the list and joining, topics may have come; while it was lost, any number.
      onConnection: (now) => {
        if (now === 'joined') look()
      },
    }),
  )

  // A list by worth need not hold the newest there were: there, new is what comes after the first look.
  const before = isByTime ? list?.pages : looks && [looks.first]
  const times = before?.flatMap((page) => page.topics.map((topic) => topic.created_at)) ?? []
  const newest = times.toSorted().at(-1) ?? ''
  const later = (before && looks?.last.topics.filter((topic) => topic.created_at > newest)) ?? []
  const count = later.filter((topic) => topic.author?.id !== me.id).length
  return { count, clear: () => setLooks(null) }
}
