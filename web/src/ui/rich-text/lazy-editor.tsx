import { lazy, Suspense } from 'react'
import { Skeleton } from '../skeleton.tsx'
import type { EditorProps } from './editor.tsx'

const load = () => import('./editor.tsx')
const Editor = lazy(load)

/** Fetches the editor before it is needed, as when a pointer comes near. */
export const preloadEditor = () => void load()

/** The editor in a place of its size, so that nothing moves when it arrives: reading needs none of its weight. */
export function RichTextEditor(props: EditorProps) {
  return (
    <Suspense fallback={<Skeleton height="11.1rem" />}>
      <Editor {...props} />
    </Suspense>
  )
}
