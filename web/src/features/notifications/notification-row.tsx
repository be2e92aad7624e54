import { VisuallyHidden } from '@mantine/core'
import type { Notification } from '@p2p/contracts'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { formatNumber } from '../../lib/format.ts'
import { Avatar, fullName, nobody } from '../../ui/person.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import styles from './notifications.module.css'

/** One notice: what happened, where, when, and whether it was read. The whole row leads to the first of it. */
export function NotificationRow({ notice, onOpen }: { notice: Notification; onOpen: () => void }) {
  const { t, i18n } = useTranslation()
  const { kind, count, actors, topic, post, case_id, held, note } = notice
  const [first] = actors
  const unread = notice.read_at === null
  const decided = case_id ? t('notifications.decision') : held && t(`notifications.held.${held}`)
  return (
    <li className={styles.row} data-unread={unread || undefined}>
      <Avatar person={first ?? nobody} size="sm" />
      <div className={styles.words}>
        <Link
          {...(case_id || held === 'refused'
            ? { to: urls.standing }
            : { to: urls.topic, params: { topic: topic.id }, ...(post && { hash: `post-${post.id}` }) })}
          className={styles.link}
          onClick={onOpen}
        >
          {unread && <VisuallyHidden>{t('notifications.unread')} </VisuallyHidden>}
          <span className={styles.line}>
            {decided ??
              t(`notifications.lines.${kind}`, {
                count,
                number: formatNumber(count, i18n.language),
                // Isolated: a name in the other script must not reorder the words around it.
                who: first ? `\u2068${fullName(first)}\u2069` : t('notifications.somebody'),
              })}
          </span>{' '}
          <bdi className={styles.topic}>{topic.title}</bdi>
        </Link>
        {(note ?? post?.excerpt) && (
          <p className={styles.excerpt} dir="auto">
            {note ?? post?.excerpt}
          </p>
        )}
        <span className={styles.time}>
          <RelativeTime at={notice.newest_at} />
        </span>
      </div>
      {unread && <span className={styles.dot} aria-hidden="true" />}
    </li>
  )
}
