import { readTopic } from '@p2p/client'
import type { QueryClient } from '@tanstack/react-query'
import { supabase } from '../../lib/supabase.ts'
import { topicKey } from './queries.ts'
import { isComplete, lastNumber, postsOf, type TopicPages, withPosts, withTopic } from './topic-pages.ts'

/** Keeps the cached pages of one topic true while its channel tells that something happened. */
export function followTopic(queryClient: QueryClient, topic: string) {
  const key = topicKey(topic)
  const cached = () => queryClient.getQueryData<TopicPages>(key)
  let reading: Promise<void> | null = null
  let again = false

  /** Reads what follows the last post that is loaded; where the end is not loaded yet, the topic's head alone. */
  async function readFollowing(): Promise<void> {
    const pages = cached()
    if (!pages) return
    const complete = isComplete(pages)
    const page = await readTopic(supabase, {
      topic,
      after: String(lastNumber(pages)),
      size: complete ? 100 : 1,
    })
    queryClient.setQueryData<TopicPages>(
      key,
      (now) => now && withTopic(complete ? withPosts(now, page.posts) : now, page.topic),
    )
    if (complete && page.next) again = true
  }

  async function readUntilQuiet(): Promise<void> {
    do {
      again = false
      await readFollowing()
    } while (again)
  }

  return {
    /** Asked again while it reads, it reads once more: one burst of posts is two requests. */
    catchUp(): Promise<void> {
      again = true
      reading ??= readUntilQuiet().finally(() => {
        reading = null
      })
      return reading
    },

    async readAgain(post: string): Promise<void> {
      const pages = cached()
      const known = pages && postsOf(pages).find((each) => each.id === post)
      if (!known) return
      const page = await readTopic(supabase, { topic, after: String(known.number - 1), size: 1 })
      queryClient.setQueryData<TopicPages>(
        key,
        (now) => now && withTopic(withPosts(now, page.posts), page.topic),
      )
    },
  }
}
