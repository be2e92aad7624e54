import type { Queue } from '@p2p/contracts'
import { IconAlertTriangle, IconListCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../lib/format.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { Page } from '../../ui/page.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { SkeletonList } from '../../ui/skeleton.tsx'
import { DeadJobs } from './dead-jobs.tsx'
import styles from './jobs.module.css'
import { queuesQuery } from './queries.ts'

export function JobsPage() {
  const { t } = useTranslation()
  const queues = useQuery(queuesQuery)
  return (
    <Page title={t('administration.jobsTitle')} lead={t('administration.jobsLead')}>
      {queues.isPending && <SkeletonList label={t('ui.loading')} rows={6} kind="row" />}
      {queues.isError && !queues.data && (
        <ErrorState
          title={t('administration.listFailed')}
          error={queues.error}
          onRetry={() => void queues.refetch()}
        />
      )}
      {queues.data?.length === 0 && (
        <EmptyState icon={<IconListCheck size={24} stroke={1.5} />} title={t('administration.noQueues')}>
          {t('administration.noQueuesHelp')}
        </EmptyState>
      )}
      {queues.data && queues.data.length > 0 && (
        <ul aria-label={t('administration.jobsTitle')}>
          {queues.data.map((queue) => (
            <QueueRow key={queue.name} queue={queue} />
          ))}
        </ul>
      )}
    </Page>
  )
}

function QueueRow({ queue }: { queue: Queue }) {
  const { t, i18n } = useTranslation()
  const [open, setOpen] = useState(false)
  const figures = [
    ['waiting', queue.waiting],
    ['retrying', queue.retrying],
    ['active', queue.active],
    ['dead', queue.dead],
  ] as const
  return (
    <li className={styles.queue}>
      <div className={styles.head}>
        <h2 className={styles.name}>
          <code dir="ltr">{queue.name}</code>
        </h2>
        {queue.dead > 0 && (
          <button type="button" className={styles.dead} aria-expanded={open} onClick={() => setOpen(!open)}>
            <IconAlertTriangle size={16} aria-hidden="true" />
            {t(open ? 'administration.hideDead' : 'administration.showDead', { count: queue.dead })}
          </button>
        )}
      </div>
      <dl className={styles.figures}>
        {figures.map(([name, figure]) => (
          <div key={name} data-zero={figure === 0 || undefined}>
            <dt>{t(`administration.queue.${name}`)}</dt>
            <dd>{formatNumber(figure, i18n.language)}</dd>
          </div>
        ))}
        {queue.oldest_due_at && (
          <div>
            <dt>{t('administration.queue.due')}</dt>
            <dd>
              <RelativeTime at={queue.oldest_due_at} />
            </dd>
          </div>
        )}
      </dl>
      {open && queue.dead > 0 && <DeadJobs queue={queue.name} count={queue.dead} />}
    </li>
  )
}
