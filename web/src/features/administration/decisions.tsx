import type { Decision } from '@p2p/contracts'
import { useTranslation } from 'react-i18next'
import { fullName } from '../../ui/person.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import styles from './facts.module.css'

/** What platform admins decided, newest first, and the reasons they gave. */
export function Decisions({ decisions }: { decisions: readonly Decision[] }) {
  const { t } = useTranslation()
  if (decisions.length === 0) return null
  return (
    <section className={styles.part}>
      <h2>{t('administration.decisions')}</h2>
      <ol className={styles.decisions}>
        {decisions.map(({ id, kind, reason, decided_at, decided_by }) => (
          <li key={id}>
            <p>
              <strong>{t(`administration.kinds.${kind}`)}</strong>{' '}
              <span className={styles.quiet}>
                <bdi>{decided_by ? fullName(decided_by) : t('administration.formerAdmin')}</bdi>
                {' · '}
                <RelativeTime at={decided_at} />
              </span>
            </p>
            {reason && <p dir="auto">{reason}</p>}
          </li>
        ))}
      </ol>
    </section>
  )
}
