import { useEffect, useRef } from 'react'
import { goToPost } from './post-place.ts'

type Ways = {
  /** Whether the post is among those that are loaded. */
  isLoaded: (post: string) => boolean
  /** Makes a loaded post visible, where it is folded away. */
  show: (post: string) => void
  /** Reads the topic from that post on. */
  load: (post: string) => void
}

/** Follows a permalink, once: goes to the post if it is loaded, else has the page read that it is on. */
export function useTargetPost(target: string | null, start: string | null, { isLoaded, show, load }: Ways) {
  const reached = useRef<string | null>(null)
  useEffect(() => {
    if (!target || reached.current === target) return
    if (isLoaded(target)) {
      reached.current = target
      show(target)
      goToPost(target)
    } else if (start !== target) {
      reached.current = target
      load(target)
    }
  }, [target, start, isLoaded, show, load])
}
