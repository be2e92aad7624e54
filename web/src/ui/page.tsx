import type { ReactNode } from 'react'
import { useTitleMark } from '../lib/title-mark.ts'
import styles from './page.module.css'
import { Skeleton } from './skeleton.tsx'

type Props = {
  /** Says the thing; null while it is not known yet. */
  title: string | null
  /** Says the place. */
  trail?: ReactNode
  lead?: ReactNode
  actions?: ReactNode
  /** Beside the content on wide screens, after it on narrow ones. */
  aside?: ReactNode
  /** On narrow screens the aside stands before the content instead of after it. */
  asideFirst?: boolean
  asideLabel?: string
  /** For tables: as wide as a page with an aside. */
  wide?: boolean
  children: ReactNode
}

export function Page({ title, trail, lead, actions, aside, asideFirst, asideLabel, wide, children }: Props) {
  const mark = useTitleMark()
  return (
    <div
      // What takes the place of a page that is on its way is another page, which need not move what was there.
      key={title === null ? 'on its way' : 'there'}
      className={aside ? styles.withAside : styles.page}
      data-aside-first={asideFirst}
      data-wide={wide}
    >
      <title>{`${mark}${title ? `${title} · ` : ''}P2P Sandbox`}</title>
      <header className={styles.header}>
        {trail && <div className={styles.trail}>{trail}</div>}
        <div className={styles.heading}>
          {title === null ? (
            <Skeleton width="60%" height="2rem" />
          ) : (
            <h1 className={styles.title} tabIndex={-1} dir="auto">
              {title}
            </h1>
          )}
          {actions && <div className={styles.actions}>{actions}</div>}
        </div>
        {lead && <div className={styles.lead}>{lead}</div>}
      </header>
      <div className={styles.content}>{children}</div>
      {aside && (
        <aside className={styles.aside} aria-label={asideLabel}>
          {aside}
        </aside>
      )}
    </div>
  )
}
