import { followTopic } from '@p2p/client'
import type { FollowLevel, ListedTopic, Topic, TopicList } from '@p2p/contracts'
import { type InfiniteData, type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query'
import { supabase } from '../../../lib/supabase.ts'
import { putTopic } from '../actions.ts'
import { topicsKey } from '../lists/queries.ts'
import { topicKey } from '../queries.ts'
import { type TopicPages, withTopic } from '../topic-pages.ts'

/** Shows wherever a topic is loaded how far it is read; each list asks anew when it is opened again. */
export function rememberRead(queryClient: QueryClient, topic: string, number: number) {
  const read = (each: ListedTopic) =>
    each.id === topic
      ? { ...each, is_new: false, read_number: Math.max(each.read_number ?? 0, number) }
      : each
  queryClient.setQueriesData<InfiniteData<TopicList>>(
    { queryKey: topicsKey },
    (lists) =>
      lists?.pages && {
        ...lists,
        pages: lists.pages.map((page) => ({ ...page, topics: page.topics.map(read) })),
      },
  )
  queryClient.setQueriesData<TopicPages>({ queryKey: topicKey(topic) }, (pages) => {
    const head = pages?.pages[0]?.topic
    return head && withTopic(pages, { ...head, read_number: Math.max(head.read_number ?? 0, number) })
  })
  void queryClient.invalidateQueries({ queryKey: topicsKey })
}

export function useFollow(topic: Topic) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (level: FollowLevel | null) => followTopic(supabase, { topic: topic.id, level }),
    onSuccess: (_, level) => {
      putTopic(queryClient, { ...topic, level })
      void queryClient.invalidateQueries({ queryKey: topicsKey })
    },
  })
}
