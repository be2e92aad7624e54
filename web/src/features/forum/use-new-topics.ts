import { joinForum, listTopics } from '@p2p/client'
import type { TopicList } from '@p2p/contracts'
import { type InfiniteData, useQueryClient } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import { useMe } from '../../lib/me.ts'
import { useRoom } from '../../lib/room.ts'
import { supabase } from '../../lib/supabase.ts'
import { topicsQuery } from './queries.ts'

/** How many topics others have opened since this list was read. */
export function useNewTopics(slug: string | null) {
  const me = useMe()
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

  useRoom('forum', () =>
    joinForum(supabase, {
      organization: me.organization.id,
      onTopic: (event) => {
        // What fails is asked for again by the next topic.
        if (event.name === 'topic_opened') void look().catch(() => {})
      },
    }),
  )
  return { count, clear: useCallback(() => setCount(0), []) }
}
