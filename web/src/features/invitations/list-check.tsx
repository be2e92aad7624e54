import { useTranslation } from 'react-i18next'
import styles from './invitations.module.css'
import type { PastedEntry } from './pasted-list.ts'

/** What of the list can be sent as it stands, and which lines cannot. */
export function ListCheck({ pasted }: { pasted: PastedEntry[] }) {
  const { t } = useTranslation()
  const faulty = pasted.filter(({ fault }) => fault)
  const good = pasted.length - faulty.length
  return (
    <div className={styles.check} role="status">
      {pasted.length > 0 && <p className={styles.count}>{t('invitations.ready', { count: good })}</p>}
      {faulty.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        <ul className={styles.faults} aria-label={t('invitations.faults')} tabIndex={0}>
          {faulty.map(({ line, text, email, fault }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line may hold the same words twice
            <li key={`${line} ${index}`}>
              {t('invitations.line', { line })} <bdi>{email ?? text}</bdi>{' '}
              <span className={styles.why}>{t(`invitations.statuses.${fault ?? 'invalid'}`)}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
