import type { Post } from '@p2p/contracts'
import { useEffect, useRef } from 'react'
import { goToPost } from './post-place.ts'

type More = { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown }

/** Follows a permalink: loads pages until the post is there, then goes to it, once. */
export function useTargetPost(target: string | null, posts: readonly Post[], more: More) {
  const reached = useRef<string | null>(null)
  useEffect(() => {
    if (!target || reached.current === target) return
    if (posts.some((post) => post.id === target)) {
      reached.current = target
      goToPost(target)
    } else if (more.hasNextPage && !more.isFetchingNextPage) more.fetchNextPage()
  }, [target, posts, more])
}
