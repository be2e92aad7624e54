import { joinForum, listTopics } from '@p2p/client'
import type { TopicList } from '@p2p/contracts'
import { type InfiniteData, useQueryClient } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import { useMember } from '../../lib/me.ts'
import { useRoom } from '../../lib/room.ts'
import { supabase } from '../../lib/supabase.ts'
import { topicsQuery } from './queries.ts'

/** How many topics others have opened since this list was read. */
export function useNewTopics(slug: string | null) {
  const me = useMember()
  const queryClient = useQueryClient()
  const [count, setCount] = useState(0)

  const look = async () => {
    const list = queryClient.getQueryData<InfiniteData<TopicList>>(topicsQuery(slug).queryKey)
    if (!list) return
    const known = list.pages.flatMap((page) => page.topics.map((topic) => topic.created_at))
    const newest = known.toSorted().at(-1) ?? ''
    const now = await listTopics(supabase, { size: 20, ...(slug && { category: slug }) })
    setCount(now.topics.filter((topic) => topic.created_at > newest && topic.author?.id !== me.id).length)
  }

  // What fails is asked for again by the next topic, or when the connection is back.
  const lookQuietly = () => void look().catch(() => {})

  useRoom('forum', () =>
    joinForum(supabase, {
      organization: me.organization.id,
      onTopic: (event) => {
        if (event.name === 'topic_opened') lookQuietly()
      },
      // Between reading the list and joining, topics may have come; while it was lost, any number.
      onConnection: (now) => {
        if (now === 'joined') lookQuietly()
      },
    }),
  )
  return { count, clear: useCallback(() => setCount(0), []) }
}
