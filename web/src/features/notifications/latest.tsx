import { Button } from '@mantine/core'
import { IconBell, IconChecks, IconSettings } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { useSentence } from '../../lib/sentence.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { SkeletonList } from '../../ui/skeleton.tsx'
import { useMarkRead } from './actions.ts'
import styles from './bell.module.css'
import { NotificationRow } from './notification-row.tsx'
import { latestQuery, unreadQuery } from './queries.ts'

/** What one was told last, and the ways on from there. `onLeave` is called where one of them was taken. */
export function Latest({ onLeave }: { onLeave: () => void }) {
  const { t } = useTranslation()
  const { data: unread } = useQuery(unreadQuery)
  const sentence = useSentence()
  const markRead = useMarkRead()
  const allRead = !unread
  return (
    <>
      <div className={styles.head}>
        {/* Where the keyboard and the ear begin. */}
        <h2 className={styles.title} tabIndex={-1} data-autofocus>
          {t('notifications.title')}
        </h2>
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconChecks size={16} aria-hidden="true" />}
          // Not `disabled`: pressed, it would lose the focus, and Escape would be heard by nobody.
          {...(allRead && { 'data-disabled': true })}
          aria-disabled={allRead}
          onClick={() => !allRead && markRead.mutate(undefined)}
        >
          {t('notifications.markAll')}
        </Button>
        <Link
          to={urls.notificationSettings}
          className={styles.settings}
          aria-label={t('notifications.settings')}
          title={t('notifications.settings')}
          onClick={onLeave}
        >
          <IconSettings size={18} stroke={1.5} aria-hidden="true" />
        </Link>
      </div>
      <div className={styles.latest}>
        {markRead.error && <Notice tone="danger">{sentence(markRead.error)}</Notice>}
        <Rows onOpen={(id) => markRead.mutate([id])} onLeave={onLeave} />
      </div>
      <LinkButton to={urls.notifications} variant="subtle" size="sm" fullWidth onClick={onLeave}>
        {t('notifications.seeAll')}
      </LinkButton>
    </>
  )
}

type RowsProps = { onOpen: (id: string) => void; onLeave: () => void }

function Rows({ onOpen, onLeave }: RowsProps) {
  const { t } = useTranslation()
  const latest = useQuery(latestQuery)
  if (latest.isPending) return <SkeletonList label={t('ui.loading')} rows={4} kind="row" />
  if (!latest.data) return <ErrorState error={latest.error} onRetry={() => void latest.refetch()} />
  const { notifications } = latest.data
  if (notifications.length === 0) {
    return (
      <EmptyState icon={<IconBell size={24} stroke={1.5} />} title={t('notifications.none')}>
        {t('notifications.noneHelp')}
      </EmptyState>
    )
  }
  return (
    <ul>
      {notifications.map((notice) => (
        <NotificationRow
          key={notice.id}
          notice={notice}
          onOpen={() => {
            if (notice.read_at === null) onOpen(notice.id)
            onLeave()
          }}
        />
      ))}
    </ul>
  )
}
