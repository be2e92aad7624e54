import { readPostsSince } from '@p2p/client'
import type { QueryClient } from '@tanstack/react-query'
import { refusalOf } from '../../lib/sentence.ts'
import { supabase } from '../../lib/supabase.ts'
import { topicKey } from './queries.ts'
import { oldestMark, type TopicPages, withNews } from './topic-pages.ts'

/** Keeps the loaded pages of one topic true while its channel tells that something happened. */
export function followTopic(queryClient: QueryClient, topic: string) {
  const filter = { queryKey: topicKey(topic) }
  let reading: Promise<void> | null = null
  let again = false

  async function readNews(): Promise<void> {
    const marks = queryClient
      .getQueriesData<TopicPages>(filter)
      .flatMap(([, pages]) => (pages ? oldestMark(pages) : []))
    if (marks.length === 0) return
    try {
      const news = await readPostsSince(supabase, { topic, mark: Math.min(...marks) })
      queryClient.setQueriesData<TopicPages>(filter, (pages) => pages && withNews(pages, news))
    } catch (error) {
      // It is gone, or not open to this person any more: what is loaded may not stay on the screen.
      if (refusalOf(error)?.code === 'not_found') await queryClient.resetQueries(filter)
      throw error
    }
  }

  async function readUntilQuiet(): Promise<void> {
    do {
      again = false
      await readNews()
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
  }
}
