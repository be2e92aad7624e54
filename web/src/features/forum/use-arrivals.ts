import type { BranchSort } from '@p2p/contracts'
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { holdStill } from '../../lib/hold-still.ts'
import { beginningOf, postElement } from './post-place.ts'
import { type Row, withoutWaiting } from './thread.ts'

type Ids = ReadonlySet<string>

type Props = {
  /** The posts in reading order, and those whose answers are folded away. */
  all: readonly Row[]
  folded: Ids
  /** Counts what the reader has asked for, which is no arrival. */
  asked: number
  /** In another order all of it is read anew. */
  order: BranchSort | undefined
}

const none: Ids = new Set()
const without = (ids: Ids, gone: readonly string[]): Ids =>
  new Set([...ids].filter((id) => !gone.includes(id)))

/**
 * Lets posts that arrive while somebody reads take their place without moving what is read. One that would push
 * visible posts aside waits until it is asked for; one that lands out of sight is counted until it has been seen.
 * Whatever else changes above, an edit or what the reader unfolds, leaves what is read where it is.
 */
export function useArrivals({ all, folded, asked, order }: Props) {
  const [known, setKnown] = useState({ all, asked, order, letGo: () => {} })
  const [waiting, setWaiting] = useState(none)
  const [unseen, setUnseen] = useState(none)

  if (known.order !== order) {
    setKnown({ all, asked, order, letGo: () => {} })
    setWaiting(none)
    setUnseen(none)
  } else if (known.all !== all) {
    const before = new Set(known.all.map((row) => row.post.id))
    const arrived = known.asked === asked ? all.filter((row) => !before.has(row.post.id)) : []
    const others = arrived.filter(({ post }) => !post.mine && !post.deleted_at).map(({ post }) => post.id)
    // The page is still as it was: what is on the screen now is what has to stay.
    setKnown({ all, asked, order, letGo: holdStill() })
    const living = new Set(all.filter(({ post }) => !post.deleted_at).map(({ post }) => post.id))
    if (others.length > 0) setWaiting(new Set([...waiting, ...others]))
    setUnseen(new Set([...unseen, ...others].filter((id) => living.has(id))))
  }

  const rows = useMemo(() => withoutWaiting(all, waiting), [all, waiting])

  useLayoutEffect(() => known.letGo(), [known])

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

  // biome-ignore lint/correctness/useExhaustiveDependencies: what was folded away can be seen once it is drawn
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
  }, [unseen, waiting, folded])

  /** Shows what waits, and answers with the first post that has not been seen. */
  const reveal = (): string | null => {
    flushSync(() => setWaiting(none))
    return all.find((row) => unseen.has(row.post.id))?.post.id ?? null
  }

  /** Shows these posts, whatever they move. */
  const release = useCallback((posts: readonly string[]) => setWaiting((ids) => without(ids, posts)), [])

  return { rows, unseen, reveal, release }
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
