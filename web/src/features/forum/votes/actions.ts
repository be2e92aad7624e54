import { chooseBestAnswer, vote } from '@p2p/client'
import type { Post, Topic } from '@p2p/contracts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { supabase } from '../../../lib/supabase.ts'
import { putPost } from '../actions.ts'
import { topicKey } from '../queries.ts'
import { type TopicPages, withTopic } from '../topic-pages.ts'

/** Votes that follow each other quickly arrive in their order. */
export function useVote(post: Post) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (useful: boolean) => vote(supabase, { post: post.id, useful }),
    onSuccess: (answer) => putPost(queryClient, { ...post, ...answer }),
    scope: { id: `vote:${post.id}` },
  })
}

/** Chooses a reply as the best answer of one's own topic, or with null none. */
export function useChooseAnswer(topic: Topic) {
  const queryClient = useQueryClient()
  const withAnswer = (pages: TopicPages, changed: Topic, answer: Post | null): TopicPages => {
    const { pages: read, ...rest } = withTopic(pages, changed)
    return { ...rest, pages: read.map((page) => ({ ...page, answer })) }
  }
  return useMutation({
    mutationFn: (post: Post | null) =>
      chooseBestAnswer(supabase, { topic: topic.id, post: post?.id ?? null }),
    onSuccess: (changed, post) => {
      queryClient.setQueriesData<TopicPages>(
        { queryKey: topicKey(topic.id) },
        (pages) => pages && withAnswer(pages, changed, post),
      )
      void queryClient.invalidateQueries({ queryKey: ['forum', 'topics'] })
      void queryClient.invalidateQueries({ queryKey: ['forum', 'likely-answers', topic.id] })
    },
    scope: { id: `answer:${topic.id}` },
  })
}
