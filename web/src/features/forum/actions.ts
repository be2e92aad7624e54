import { deletePost, editPost, Held, openTopic, readBranch, reply } from '@p2p/client'
import type { Post, RichText, Topic, Visibility } from '@p2p/contracts'
import { notifyManager, type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query'
import { supabase } from '../../lib/supabase.ts'
import { standingQuery } from './moderation/queries.ts'
import { postBehind } from './post-place.ts'
import { topicKey } from './queries.ts'
import type { Gap } from './thread.ts'
import { type TopicPages, withBranchPage, withPosts, withTopic } from './topic-pages.ts'

type NewTopic = {
  id: string
  category: string
  title: string
  body: RichText
  visibility: Visibility
  tags: string[]
  template_answers: Record<string, string>
}

export const listsChanged = (queryClient: QueryClient) =>
  Promise.all([
    queryClient.invalidateQueries({ queryKey: ['forum', 'topics'] }),
    queryClient.invalidateQueries({ queryKey: ['forum', 'categories'] }),
  ])

/** Where it waits for a moderator now, the reader's standing says so. */
const noticeHeld = (queryClient: QueryClient, fault: unknown) => {
  if (fault instanceof Held) void queryClient.invalidateQueries({ queryKey: standingQuery.queryKey })
}

const inPages = (queryClient: QueryClient, topic: string, change: (pages: TopicPages) => TopicPages) =>
  queryClient.setQueriesData<TopicPages>({ queryKey: topicKey(topic) }, (pages) => pages && change(pages))

/** Shows a post as it has become, wherever its topic is loaded. */
export const putPost = (queryClient: QueryClient, post: Post) =>
  inPages(queryClient, post.topic_id, (pages) => withPosts(pages, [post]))

/** Shows what a topic itself has become, wherever it is loaded. */
export const putTopic = (queryClient: QueryClient, topic: Topic) =>
  inPages(queryClient, topic.id, (pages) => withTopic(pages, topic))

/** When all that show it have heard of a change: who closes an editor before uncovers what stood there. */
const heard = () => new Promise<void>((done) => notifyManager.schedule(done))

/** Reads on behind a gap in a branch. */
export function useReadGap(topic: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: ({ branch, after }: Gap) => readBranch(supabase, { post: branch, after, size: 20 }),
    onSuccess: (page, { branch, after }) =>
      inPages(queryClient, topic, (pages) => withBranchPage(pages, branch, after, page)),
  })
}

export function useOpenTopic() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (topic: NewTopic) => openTopic(supabase, topic),
    onSuccess: () => void listsChanged(queryClient),
    onError: (fault) => noticeHeld(queryClient, fault),
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
    onError: (fault) => noticeHeld(queryClient, fault),
  })
}

export function useEditPost() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: ({ post, body }: { post: string; body: RichText }) => editPost(supabase, { post, body }),
    onSuccess: (post) => {
      putPost(queryClient, post)
      return heard()
    },
  })
}

/** Live news may take the post and what was pressed there away before the answer: `onGone` says where to go then. */
export function useDeletePost(onGone: (post: string, behind: string | null) => void) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (post: Post) => deletePost(supabase, post.id),
    onMutate: (post) => postBehind(post.id),
    onSuccess: async (_, post, behind) => {
      putPost(queryClient, { ...post, body: null, deleted_at: new Date().toISOString() })
      void listsChanged(queryClient)
      await heard()
      onGone(post.id, behind)
    },
  })
}
