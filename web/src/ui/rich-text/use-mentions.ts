import { useCallback, useMemo, useRef, useState } from 'react'
import { type MentionMenuState, mentionSuggestion, type Suggested } from './mention-suggestion.ts'

export type FindPeople = (query: string) => Promise<readonly Suggested[]>

/** The menu behind an `@`: the extension for the editor, what is open at present, and which line of it is active. */
export function useMentions(find: FindPeople | undefined) {
  const [state, setState] = useState<MentionMenuState | null>(null)
  const [active, setActive] = useState(0)
  // The editor keeps its first extension; what that asks is always the latest.
  const now = useRef({ find, state, active })
  now.current = { find, state, active }

  const onChange = useCallback((next: MentionMenuState | null) => {
    setState((previous) => {
      if (previous?.query !== next?.query || previous?.items !== next?.items) setActive(0)
      return next
    })
  }, [])

  const onKey = useCallback((key: string) => {
    const { state, active } = now.current
    if (!state || state.items.length === 0) return false
    const step = { ArrowDown: 1, ArrowUp: -1 }[key]
    if (step) {
      setActive((active + step + state.items.length) % state.items.length)
      return true
    }
    const chosen = state.items[active]
    if ((key !== 'Enter' && key !== 'Tab') || !chosen) return false
    state.command(chosen)
    return true
  }, [])

  const extension = useMemo(
    () =>
      mentionSuggestion({
        find: async (query) => (await now.current.find?.(query)) ?? [],
        onChange,
        onKey,
      }),
    [onChange, onKey],
  )
  return { extension, state, active, setActive }
}
