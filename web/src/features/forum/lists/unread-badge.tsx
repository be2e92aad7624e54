import { VisuallyHidden } from '@mantine/core'
import { newCountedUpTo } from '@p2p/contracts'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../../lib/format.ts'
import styles from './lists.module.css'
import { unreadCountQuery } from './queries.ts'

/** How much is unread, beside the name of its page in the navigation, or over the edge of its icon. */
export function UnreadBadge({ over = false }: { over?: boolean }) {
  const { t, i18n } = useTranslation()
  const { data } = useQuery(unreadCountQuery)
  const count = data ? data.unread + data.new : 0
  if (count === 0) return null
  const many = count >= newCountedUpTo
  const shown = formatNumber(many ? newCountedUpTo - 1 : count, i18n.language)
  return (
    <span className={over ? styles.badgeOver : styles.badge}>
      <span aria-hidden="true">{many ? `${shown}+` : shown}</span>
      <VisuallyHidden>{t('lists.topicsUnread', { count })}</VisuallyHidden>
    </span>
  )
}
