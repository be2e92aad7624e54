import { Link } from '@tanstack/react-router'
import styles from './section-nav.module.css'
import tabs from './tabs.module.css'

/** The pages of one section, above each of them. `label` names the section for who cannot see that. */
export function SectionNav({ label, pages }: { label: string; pages: { to: string; name: string }[] }) {
  return (
    <nav aria-label={label} className={`${tabs.tabs} ${styles.nav}`}>
      {pages.map(({ to, name }) => (
        <Link key={to} to={to} activeOptions={{ exact: true }} className={tabs.tab}>
          {name}
        </Link>
      ))}
    </nav>
  )
}
