import { Button, Group, SegmentedControl } from '@mantine/core'
import { IconBell, IconChecks, IconSettings } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { dayOf } from '../../lib/format.ts'
import { useSentence } from '../../lib/sentence.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { LoadMore } from '../../ui/load-more.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { SkeletonList } from '../../ui/skeleton.tsx'
import { useMarkRead } from './actions.ts'
import { byDay } from './by-day.ts'
import { NotificationRow } from './notification-row.tsx'
import styles from './notifications.module.css'
import { notificationsQuery, unreadQuery } from './queries.ts'

/** What one was told, day by day. */
export function NotificationsPage() {
  const { t } = useTranslation()
  const [shown, setShown] = useState<'all' | 'unread'>('all')
  const { data: unread = 0 } = useQuery(unreadQuery)
  const sentence = useSentence()
  const markRead = useMarkRead()
  return (
    <Page
      title={t('notifications.title')}
      actions={
        <Group gap="xs">
          <Button
            variant="default"
            leftSection={<IconChecks size={18} aria-hidden="true" />}
            disabled={unread === 0}
            loading={markRead.isPending}
            onClick={() => markRead.mutate(undefined)}
          >
            {t('notifications.markAll')}
          </Button>
          <LinkButton
            to={urls.notificationSettings}
            variant="default"
            leftSection={<IconSettings size={18} aria-hidden="true" />}
          >
            {t('notifications.settings')}
          </LinkButton>
        </Group>
      }
    >
      {markRead.error && <Notice tone="danger">{sentence(markRead.error)}</Notice>}
      <SegmentedControl
        aria-label={t('notifications.show')}
        className={styles.filter}
        value={shown}
        onChange={(value) => setShown(value === 'unread' ? 'unread' : 'all')}
        data={[
          { value: 'all', label: t('notifications.all') },
          { value: 'unread', label: t('notifications.onlyUnread') },
        ]}
      />
      <Days unreadOnly={shown === 'unread'} onOpen={(id) => markRead.mutate([id])} />
    </Page>
  )
}

function Days({ unreadOnly, onOpen }: { unreadOnly: boolean; onOpen: (id: string) => void }) {
  const { t, i18n } = useTranslation()
  const list = useInfiniteQuery(notificationsQuery(unreadOnly))
  if (list.isPending) return <SkeletonList label={t('ui.loading')} rows={6} kind="row" />
  if (!list.data) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />
  const notices = list.data.pages.flatMap((page) => page.notifications)
  if (notices.length === 0) {
    return (
      <EmptyState
        icon={<IconBell size={24} stroke={1.5} />}
        title={t(unreadOnly ? 'notifications.noneUnread' : 'notifications.none')}
      >
        {t(unreadOnly ? 'notifications.noneUnreadHelp' : 'notifications.noneHelp')}
      </EmptyState>
    )
  }
  return (
    <>
      {byDay(notices, (at) => dayOf(at, i18n.language)).map(({ day, notices: ofDay }) => (
        <section key={day} className={styles.day} aria-label={day}>
          <h2 className={styles.date}>{day}</h2>
          <ul className={styles.list}>
            {ofDay.map((notice) => (
              <NotificationRow
                key={notice.id}
                notice={notice}
                onOpen={() => notice.read_at === null && onOpen(notice.id)}
              />
            ))}
          </ul>
        </section>
      ))}
      <LoadMore list={list}>{t('notifications.more')}</LoadMore>
    </>
  )
}
