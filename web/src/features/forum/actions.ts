import { deletePost, editPost, openTopic, reply } from '@p2p/client'
import type { Post, RichText, Visibility } from '@p2p/contracts'
import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query'
import { supabase } from '../../lib/supabase.ts'
import { topicKey } from './queries.ts'
import { type TopicPages, withPosts } from './topic-pages.ts'

type NewTopic = { id: string; category: string; title: string; body: RichText; visibility: Visibility }

const listsChanged = (queryClient: QueryClient) =>
  Promise.all([
    queryClient.invalidateQueries({ queryKey: ['forum', 'topics'] }),
    queryClient.invalidateQueries({ queryKey: ['forum', 'categories'] }),
  ])

const putPost = (queryClient: QueryClient, post: Post) =>
  queryClient.setQueryData<TopicPages>(topicKey(post.topic_id), (pages) => pages && withPosts(pages, [post]))

export function useOpenTopic() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (topic: NewTopic) => openTopic(supabase, topic),
    onSuccess: () => void listsChanged(queryClient),
  })
}

export function useReply(topic: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: ({ id, parent, body }: { id: string; parent: string | null; body: RichText }) =>
      reply(supabase, { id, topic, body, ...(parent && { parent }) }),
    onSuccess: (post) => {
      putPost(queryClient, post)
      void listsChanged(queryClient)
    },
  })
}

export function useEditPost() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: ({ post, body }: { post: string; body: RichText }) => editPost(supabase, { post, body }),
    onSuccess: (post) => putPost(queryClient, post),
  })
}

export function useDeletePost() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (post: Post) => deletePost(supabase, post.id),
    onSuccess: (_, post) => {
      putPost(queryClient, { ...post, body: null, deleted_at: new Date().toISOString() })
      void listsChanged(queryClient)
    },
  })
}
