import { type KeyboardEvent, lazy, Suspense, useLayoutEffect, useRef, useState } from 'react'
import { Skeleton } from '../skeleton.tsx'
import styles from './editor.module.css'
import type { EditorProps } from './editor.tsx'
import { typedCharacter } from './typed-character.ts'

const load = () => import('./editor.tsx')
const Editor = lazy(load)

/** Fetches the editor before it is needed, as when a pointer comes near. */
export const preloadEditor = () => void load()

/**
 * The editor in a place of its size, so that nothing moves when it arrives: reading needs none of its weight. Where it is
 * to have the focus, its place has it until then, and keeps what is typed for it.
 */
export function RichTextEditor(props: EditorProps) {
  const place = useRef<HTMLDivElement>(null)
  const typed = useRef('')
  const [isAwaited, setIsAwaited] = useState(props.autoFocus === true)

  // biome-ignore lint/correctness/useExhaustiveDependencies: once, as the focus is asked for
  useLayoutEffect(() => {
    if (isAwaited) place.current?.focus({ preventScroll: true })
  }, [])

  const gather = (event: KeyboardEvent) => {
    const character = event.target === event.currentTarget ? typedCharacter(event) : null
    if (character === null) return
    event.preventDefault()
    typed.current += character
  }
  const awaiting = isAwaited && {
    tabIndex: -1,
    'data-awaits-editor': true,
    onKeyDown: gather,
    onBlur: () => setIsAwaited(false),
  }

  return (
    <div ref={place} className={styles.editor} {...awaiting}>
      <Suspense fallback={<Skeleton height="11.1rem" />}>
        <Editor {...props} typed={typed} />
      </Suspense>
    </div>
  )
}
