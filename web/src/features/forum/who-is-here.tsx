import { useTranslation } from 'react-i18next'
import { useMe } from '../../lib/me.ts'
import { useOnline } from '../../lib/online.ts'
import { Avatar, fullName } from '../../ui/person.tsx'
import styles from './topic-aside.module.css'
import type { LiveTopic } from './use-live-topic.ts'

/** Who reads this topic now, and whether the page is told of what is new. */
export function WhoIsHere({ live }: { live: LiveTopic }) {
  const { t } = useTranslation()
  const me = useMe()
  // A dead line is noticed by its silence, after a while; the device knows at once.
  const connection = useOnline() ? live.connection : 'lost'
  return (
    <section aria-label={t('forum.whoIsHere')} className={styles.here}>
      <h2 className={styles.title}>{t('forum.whoIsHere')}</h2>
      <ul className={styles.people}>
        {live.present.map((person) => (
          <li key={person.id}>
            <Avatar
              person={person}
              size="sm"
              label={person.id === me.id ? t('forum.you', { name: fullName(person) }) : fullName(person)}
            />
          </li>
        ))}
      </ul>
      <p className={styles.link} role="status">
        <span className={styles.light} data-state={connection} aria-hidden="true" />
        {t(`forum.connection.${connection}`)}
      </p>
    </section>
  )
}
