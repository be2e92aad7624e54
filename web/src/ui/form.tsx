import type { FormEventHandler, KeyboardEvent, ReactNode } from 'react'
import styles from './form.module.css'

type Props = {
  onSubmit: FormEventHandler<HTMLFormElement>
  /** What was written is on its way: its fields are read-only, and look it. */
  sending?: boolean
  children: ReactNode
}

/** Our own words at each field instead of the browser's bubbles. */
export function Form({ onSubmit, sending = false, children }: Props) {
  return (
    <form className={styles.form} onSubmit={onSubmit} data-sending={sending || undefined} noValidate>
      {children}
    </form>
  )
}

/** Two short fields beside each other where there is room. */
export const FieldPair = ({ children }: { children: ReactNode }) => (
  <div className={styles.pair}>{children}</div>
)

/**
 * For a field in which people write in either script: its text starts where its own script starts. (`dir` on a field of
 * Mantine's is its wrapper's, which holds no text and would always be left to right.)
 */
export const ownDirection = { attributes: { input: { dir: 'auto' } } } as const

/** For a field where Enter is not the end of writing: it sends nothing. */
export const ownEnter = {
  onKeyDown: (event: KeyboardEvent) => {
    if (event.key === 'Enter') event.preventDefault()
  },
}
