import { useCallback, useEffect, useRef } from 'react'
import { kept } from './kept.ts'

const name = (key: string) => `draft:${key}`

/**
 * Keeps what somebody is writing on this device until it is sent. `restored` is what was kept when the page opened;
 * `keep` may be called at every keystroke.
 */
export function useDraft<T>(key: string, parse: (value: unknown) => T | null) {
  const pending = useRef<{ value: T; timer: ReturnType<typeof setTimeout> } | null>(null)

  const flush = useCallback(() => {
    if (!pending.current) return
    clearTimeout(pending.current.timer)
    kept.write(name(key), JSON.stringify(pending.current.value))
    pending.current = null
  }, [key])

  const keep = useCallback(
    (value: T) => {
      if (pending.current) clearTimeout(pending.current.timer)
      pending.current = { value, timer: setTimeout(flush, 400) }
    },
    [flush],
  )

  const discard = useCallback(() => {
    if (pending.current) clearTimeout(pending.current.timer)
    pending.current = null
    kept.remove(name(key))
  }, [key])

  useEffect(() => {
    addEventListener('pagehide', flush)
    return () => {
      removeEventListener('pagehide', flush)
      flush()
    }
  }, [flush])

  const restore = useCallback(() => readDraft(key, parse), [key, parse])
  return { restore, keep, discard }
}

/** Takes away what is kept of a draft on this device. */
export const forgetDraft = (key: string) => kept.remove(name(key))

export function readDraft<T>(key: string, parse: (value: unknown) => T | null): T | null {
  const text = kept.read(name(key))
  if (!text) return null
  try {
    return parse(JSON.parse(text))
  } catch {
    return null
  }
}
