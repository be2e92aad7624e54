import { useSyncExternalStore } from 'react'

// What stands before the title of every page in the browser's tab: "(3) ".
let mark = ''
const listeners = new Set<() => void>()

export function markTitle(next: string): void {
  if (next === mark) return
  mark = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}

export const useTitleMark = () => useSyncExternalStore(subscribe, () => mark)
