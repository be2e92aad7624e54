import { markRead, readFirstUnread } from '@p2p/client'
import type { Topic } from '@p2p/contracts'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import { supabase } from '../../../lib/supabase.ts'
import { goToPost, postElement } from '../post-place.ts'
import type { Row } from '../thread.ts'
import { unfolded } from '../thread.ts'
import type { TopicPages } from '../topic-pages.ts'
import { rememberRead } from './actions.ts'
import { firstUnread, readUpTo } from './read-up-to.ts'
import { useHere } from './use-here.ts'

/** What is read is written down this long after it was seen, and when one leaves. */
const pause = 1_000

type Props = {
  topic: Topic
  pages: TopicPages
  /** All posts that are loaded but the opening, and which of them are folded away. */
  all: readonly Row[]
  folded: ReadonlySet<string>
  isComplete: boolean
  /** Whether the address points to a post: then reading begins there. */
  isPointed: boolean
  load: (post: string) => void
}

/**
 * Remembers how far somebody reads, and begins where they left off: answers with the post before which they had been
 * the last time, null where nothing is new or all of it is.
 */
export function useReading({ topic, pages, all, folded, isComplete, isPointed, load }: Props): string | null {
  const queryClient = useQueryClient()
  const [from] = useState(topic.read_number)
  const [newFrom, setNewFrom] = useState<string | null>(null)
  const seen = useRef(new Set<string>())
  const written = useRef(from ?? 0)
  const opening = pages.pages[0]?.opening
  const posts = useMemo(
    () => [...(opening ? [opening] : []), ...unfolded(all, folded).map((row) => row.post)],
    [opening, all, folded],
  )
  const { id, last_number: last } = topic
  useHere(id, () => written.current)

  // Once, when the page has come.
  const begun = useRef(false)
  useEffect(() => {
    if (begun.current) return
    begun.current = true
    if (!from || from >= last) return
    const first = firstUnread(posts, from)
    setNewFrom(first)
    if (isPointed) return
    if (first) goToPost(first)
    else if (!isComplete) {
      // The page works without it: then it begins at its beginning.
      readFirstUnread(supabase, { topic: id, number: from }).then(
        (post) => post && load(post),
        () => {},
      )
    }
  }, [from, last, posts, isPointed, isComplete, id, load])

  useEffect(() => {
    const write = () => {
      const number = readUpTo({ posts, seen: seen.current, from: from ?? 0, isComplete, last })
      if (number <= written.current) return
      const before = written.current
      written.current = number
      markRead(supabase, { topic: id, number }).then(
        () => rememberRead(queryClient, id, number),
        // Written down with the next post that is seen.
        () => {
          written.current = before
        },
      )
    }
    let timer: ReturnType<typeof setTimeout> | undefined
    const watcher = new IntersectionObserver((entries) => {
      for (const entry of entries)
        if (entry.isIntersecting) seen.current.add(entry.target.id.slice('post-'.length))
      timer ??= setTimeout(() => {
        timer = undefined
        write()
      }, pause)
    })
    for (const post of posts) {
      const element = seen.current.has(post.id) ? null : postElement(post.id)
      if (element) watcher.observe(element)
    }
    const leave = () => document.visibilityState === 'hidden' && write()
    document.addEventListener('visibilitychange', leave)
    return () => {
      watcher.disconnect()
      document.removeEventListener('visibilitychange', leave)
      clearTimeout(timer)
      write()
    }
  }, [posts, from, isComplete, last, id, queryClient])

  return newFrom
}
