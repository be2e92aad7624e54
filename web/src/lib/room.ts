import { type RefObject, useEffect, useEffectEvent, useRef } from 'react'

type Room = { leave(): Promise<unknown> }

/** In the room called `name` as long as the component is on the page; in none while it is null. */
export function useRoom<R extends Room>(name: string | null, join: () => R): RefObject<R | null> {
  const room = useRef<R | null>(null)
  const enter = useEffectEvent(join)

  useEffect(() => {
    if (name === null) return
    const entered = enter()
    room.current = entered
    return () => {
      room.current = null
      void entered.leave()
    }
  }, [name])
  return room
}
