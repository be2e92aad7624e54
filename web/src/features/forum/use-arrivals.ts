import type { Post } from '@p2p/contracts'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { holdStill } from '../../lib/hold-still.ts'
import { beginningOf, postElement } from './post-place.ts'
import { type Row, threadOf } from './thread.ts'

type Ids = ReadonlySet<string>
const none: Ids = new Set()
const without = (ids: Ids, gone: readonly string[]): Ids =>
  new Set([...ids].filter((id) => !gone.includes(id)))

/**
 * Lets posts that arrive while somebody reads take their place without moving what is read. One that would push
 * visible posts aside waits until it is asked for; one that lands out of sight is counted until it has been seen.
 *
 * `asked` counts the pages the reader has asked for: what they bring is no arrival.
 */
export function useArrivals(posts: readonly Post[], asked: number) {
  const [known, setKnown] = useState({ posts, asked })
  const [waiting, setWaiting] = useState(none)
  const [unseen, setUnseen] = useState(none)

  if (known.posts !== posts) {
    const before = new Set(known.posts.map((post) => post.id))
    const arrived =
      known.asked === asked && before.size > 0 ? posts.filter((post) => !before.has(post.id)) : []
    const others = arrived.filter((post) => !post.mine && !post.deleted_at).map((post) => post.id)
    setKnown({ posts, asked })
    if (others.length > 0) {
      setWaiting(new Set([...waiting, ...others]))
      setUnseen(new Set([...unseen, ...others]))
    }
  }

  const all = useMemo(() => threadOf(posts), [posts])
  const rows = useMemo(() => threadOf(posts.filter((post) => !waiting.has(post.id))), [posts, waiting])

  const letGo = useRef<(() => void) | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: new rows are the change that was held against
  useLayoutEffect(() => {
    letGo.current?.()
    letGo.current = null
  }, [rows])

  useLayoutEffect(() => {
    const free = freeToShow(all, waiting)
    if (free.length === 0) return
    letGo.current = holdStill()
    setWaiting((ids) => without(ids, free))
  }, [all, waiting])

  useEffect(() => {
    const watcher = new IntersectionObserver((entries) => {
      const seen = entries
        .filter((entry) => entry.isIntersecting)
        .map((entry) => entry.target.id.slice('post-'.length))
      if (seen.length > 0) setUnseen((ids) => without(ids, seen))
    })
    for (const id of unseen) {
      const element = waiting.has(id) ? null : postElement(id)
      if (element) watcher.observe(element)
    }
    return () => watcher.disconnect()
  }, [unseen, waiting])

  /** Shows what waits, and answers with the first post that has not been seen. */
  const reveal = (): string | null => {
    flushSync(() => setWaiting(none))
    return all.find((row) => unseen.has(row.post.id))?.post.id ?? null
  }

  return { rows, unseen, reveal }
}

/** The waiting posts that would move nothing in sight. */
function freeToShow(all: readonly Row[], waiting: Ids): string[] {
  const free: string[] = []
  for (const [index, { post, parent }] of all.entries()) {
    if (!waiting.has(post.id) || (parent && waiting.has(parent.id) && !free.includes(parent.id))) continue
    const follower = all.slice(index + 1).find((row) => !waiting.has(row.post.id))
    if (!follower || beginningOf(follower.post.id) !== 'visible') free.push(post.id)
  }
  return free
}
