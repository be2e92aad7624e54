import type { ReactNode } from 'react'
import styles from './states.module.css'

type Props = {
  icon: ReactNode
  title: string
  /** 1 where it stands for a whole page. */
  level?: 1 | 2
  children: ReactNode
  action?: ReactNode
}

/** Says what a place is for and offers the first step. */
export function EmptyState({ icon, title, level = 2, children, action }: Props) {
  const Title = `h${level}` as const
  return (
    <div className={styles.state}>
      <span className={styles.icon} aria-hidden="true">
        {icon}
      </span>
      <Title className={styles.title} tabIndex={-1}>
        {title}
      </Title>
      <p className={styles.text}>{children}</p>
      {action}
    </div>
  )
}
