import { useEffect, useState } from 'react'
import { kept } from '../../lib/kept.ts'

const secondsUntil = (at: number) => Math.max(0, Math.ceil((at - Date.now()) / 1000))

// A mail of an hour ago has nothing to do with the one that was just sent.
const memoryMs = 60 * 60_000

/** Until when to count: what is kept from before a reload, else `first` seconds from now. */
function endOf(first: number, keptAs: string | undefined): number {
  const before = keptAs ? Number(kept.read(`pause:${keptAs}`)) : 0
  return before > Date.now() - memoryMs ? before : Date.now() + first * 1000
}

/**
 * Counts seconds down to nothing; by the clock, so that a tab that slept is right when it wakes. With `keptAs` the end is
 * kept on this device and survives a reload.
 */
export function useCountdown({ first = 0, keptAs }: { first?: number; keptAs?: string } = {}) {
  const [end, setEnd] = useState(() => endOf(first, keptAs))
  const [left, setLeft] = useState(() => secondsUntil(end))

  useEffect(() => {
    setLeft(secondsUntil(end))
    if (keptAs && secondsUntil(end) > 0) kept.write(`pause:${keptAs}`, String(end))
    const timer = setInterval(() => {
      const now = secondsUntil(end)
      setLeft(now)
      if (now === 0) clearInterval(timer)
    }, 250)
    return () => clearInterval(timer)
  }, [end, keptAs])

  return { left, start: (seconds: number) => setEnd(Date.now() + seconds * 1000) }
}

/** "4:05", as a clock counts down. */
export const asClock = (seconds: number) =>
  `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
