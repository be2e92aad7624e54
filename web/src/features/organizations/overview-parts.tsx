import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../lib/format.ts'
import { Skeleton } from '../../ui/skeleton.tsx'
import styles from './overview.module.css'

/** Numbers about one thing, with a heading that says which. */
export function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.group}>
      <h2 className={styles.title}>{title}</h2>
      {children}
    </section>
  )
}

/** A number with its name below; `children` is the name, or the link to what is counted. */
export function Figure({ value, help, children }: { value: number; help?: string; children: ReactNode }) {
  const { i18n } = useTranslation()
  return (
    <div className={styles.figure}>
      <dt>
        {children}
        {help && <span className={styles.help}>{help}</span>}
      </dt>
      <dd>{formatNumber(value, i18n.language)}</dd>
    </div>
  )
}

/** Where the numbers will be. */
export function FiguresShape({ label }: { label: string }) {
  return (
    <div role="status" aria-label={label} className={styles.figures}>
      {['people', 'admins', 'week', 'month', 'topics', 'posts'].map((figure) => (
        <div key={figure} className={styles.figure}>
          <Skeleton width="3rem" height="2.5rem" />
          <Skeleton width="6rem" />
        </div>
      ))}
    </div>
  )
}
