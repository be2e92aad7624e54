import type { ReactNode } from 'react'
import styles from './form-page.module.css'

type Props = { title: string; lead?: ReactNode; children: ReactNode; footer?: ReactNode; aside?: ReactNode }

/** One task and nothing beside it that could draw the eye. */
export function FormPage({ title, lead, children, footer, aside }: Props) {
  return (
    <div className={aside ? styles.withAside : styles.page}>
      <title>{`${title} · P2P Sandbox`}</title>
      <div className={styles.main}>
        <header className={styles.header}>
          <h1 className={styles.title} tabIndex={-1}>
            {title}
          </h1>
          {lead && <p className={styles.lead}>{lead}</p>}
        </header>
        {children}
        {footer && <footer className={styles.footer}>{footer}</footer>}
      </div>
      {aside && <aside className={styles.aside}>{aside}</aside>}
    </div>
  )
}
