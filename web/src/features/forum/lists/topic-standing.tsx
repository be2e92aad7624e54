import type { FollowLevel, ListedTopic } from '@p2p/contracts'
import { IconBell, IconBellOff, IconEye } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import styles from './lists.module.css'

/** New, or how many replies have come since the reader was there; nothing where they muted it. */
export function UnreadMark({ topic }: { topic: ListedTopic }) {
  const { t } = useTranslation()
  if (topic.level === 'muted') return null
  if (topic.is_new) return <span className={styles.mark}>{t('lists.new')}</span>
  const unread = topic.read_number === null ? 0 : topic.last_number - topic.read_number
  if (unread <= 0) return null
  return <span className={styles.mark}>{t('forum.newReplies', { count: unread })}</span>
}

const icons = { watching: IconEye, following: IconBell, muted: IconBellOff } as const

/** What the reader chose that the topic is to them. */
export function LevelMark({ level }: { level: FollowLevel | null }) {
  const { t } = useTranslation()
  if (!level) return null
  const Icon = icons[level]
  return (
    <span className={styles.standing}>
      <Icon size={14} aria-hidden="true" />
      {t(`lists.levels.${level}`)}
    </span>
  )
}
