import { Button } from '@mantine/core'
import type { DeadJob } from '@p2p/contracts'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSentence } from '../../lib/sentence.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { LoadMore } from '../../ui/load-more.tsx'
import { Notice } from '../../ui/notice.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { useDiscardJobs, useReplayJobs } from './actions.ts'
import { ConfirmDialog } from './confirm-dialog.tsx'
import styles from './jobs.module.css'
import { deadJobsQuery } from './queries.ts'

/** What of a queue failed for good: sent back one by one or all at once, or given up. */
export function DeadJobs({ queue, count }: { queue: string; count: number }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const list = useInfiniteQuery(deadJobsQuery(queue))
  const replay = useReplayJobs(queue)
  const discard = useDiscardJobs(queue)
  const [given, setGiven] = useState<string | null>(null)
  if (list.isPending) return <Skeleton height="6rem" />
  if (list.isError && !list.data) {
    return <ErrorState level={2} error={list.error} onRetry={() => void list.refetch()} />
  }
  const jobs = list.data.pages.flatMap((page) => page.jobs)
  return (
    <div className={styles.jobs}>
      <Button
        variant="default"
        size="sm"
        className={styles.all}
        loading={replay.isPending && replay.variables === null}
        onClick={() => replay.mutate(null)}
      >
        {t('administration.replayAll', { count })}
      </Button>
      {replay.error && <Notice tone="danger">{sentence(replay.error)}</Notice>}
      <ul aria-label={t('administration.deadJobs', { queue })}>
        {jobs.map((job) => (
          <li key={job.id} className={styles.job}>
            <Job job={job} />
            <div className={styles.buttons}>
              <Button
                size="compact-sm"
                variant="light"
                loading={replay.isPending && replay.variables?.[0] === job.id}
                onClick={() => replay.mutate([job.id])}
              >
                {t('administration.replay')}
              </Button>
              <Button size="compact-sm" variant="subtle" color="danger" onClick={() => setGiven(job.id)}>
                {t('administration.discard.open')}
              </Button>
            </div>
          </li>
        ))}
      </ul>
      <LoadMore list={list}>{t('administration.more')}</LoadMore>
      <ConfirmDialog
        opened={given !== null}
        onClose={() => setGiven(null)}
        title={t('administration.discard.title')}
        action={t('administration.discard.action')}
        danger
        pending={discard.isPending}
        error={discard.error}
        onConfirm={() => given && discard.mutate([given], { onSuccess: () => setGiven(null) })}
      >
        {t('administration.discard.lead')}
      </ConfirmDialog>
    </div>
  )
}

function Job({ job: { payload, error, tries, failed_at } }: { job: DeadJob }) {
  const { t } = useTranslation()
  return (
    <div className={styles.words}>
      <p dir="auto">{error ?? t('administration.noError')}</p>
      <p className={styles.quiet}>
        {t('administration.failedAt')} <RelativeTime at={failed_at} />
        {tries !== null && ` · ${t('administration.tries', { count: tries })}`}
      </p>
      <p className={styles.payload} dir="ltr">
        {Object.entries(payload).map(([key, value]) => (
          <code key={key}>
            {key}: {String(value)}
          </code>
        ))}
      </p>
    </div>
  )
}
