import { Button } from '@mantine/core'
import { listDeletedTopics } from '@p2p/client'
import type { DeletedTopics } from '@p2p/contracts'
import { IconTrash } from '@tabler/icons-react'
import { infiniteQueryOptions, useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urls } from '../../../app/urls.ts'
import { useSentence } from '../../../lib/sentence.ts'
import { supabase } from '../../../lib/supabase.ts'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { ErrorState } from '../../../ui/error-state.tsx'
import { LoadMore } from '../../../ui/load-more.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { Page } from '../../../ui/page.tsx'
import { Avatar, fullName, nobody } from '../../../ui/person.tsx'
import { RelativeTime } from '../../../ui/relative-time.tsx'
import rows from '../../../ui/row.module.css'
import { SkeletonList } from '../../../ui/skeleton.tsx'
import { useRestoreTopic } from './topic-acts.ts'

const deletedQuery = infiniteQueryOptions({
  queryKey: ['forum', 'deleted'],
  queryFn: ({ pageParam }) => listDeletedTopics(supabase, pageParam ? { after: pageParam } : {}),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next,
})

/** One's own deleted topics and, for moderators, those of others: what was deleted can be brought back here. */
export function DeletedTopicsPage() {
  const { t } = useTranslation()
  return (
    <Page
      title={t('acts.deletedTitle')}
      lead={t('acts.deletedLead')}
      trail={<Link to={urls.forum}>{t('forum.title')}</Link>}
    >
      <Topics />
    </Page>
  )
}

function Topics() {
  const { t } = useTranslation()
  const deleted = useInfiniteQuery(deletedQuery)
  if (deleted.isPending) return <SkeletonList label={t('ui.loading')} rows={3} kind="row" />
  if (deleted.isError && !deleted.data) {
    return (
      <ErrorState
        title={t('forum.topicsFailed')}
        error={deleted.error}
        onRetry={() => void deleted.refetch()}
      />
    )
  }
  const topics = deleted.data.pages.flatMap((page) => page.topics)
  if (topics.length === 0) {
    return (
      <EmptyState icon={<IconTrash size={24} stroke={1.5} />} title={t('acts.noneDeleted')}>
        {t('acts.noneDeletedHelp')}
      </EmptyState>
    )
  }
  return (
    <>
      <ul aria-label={t('acts.deletedTitle')}>
        {topics.map((topic) => (
          <DeletedRow key={topic.id} topic={topic} />
        ))}
      </ul>
      <LoadMore list={deleted}>{t('forum.moreTopics')}</LoadMore>
    </>
  )
}

function DeletedRow({ topic }: { topic: DeletedTopics['topics'][number] }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const sentence = useSentence()
  const toTopic = () => void navigate({ to: urls.topic, params: { topic: topic.id } })
  const restore = useRestoreTopic(topic.id, toTopic)
  const by = topic.deleted_by
  return (
    <li className={rows.rowWithState}>
      <Avatar person={topic.author ?? nobody} />
      <div className={rows.main}>
        <h2 className={rows.title} dir="auto">
          {topic.title}
        </h2>
        <p className={rows.meta}>
          <bdi className={rows.first}>{topic.author ? fullName(topic.author) : t('forum.formerMember')}</bdi>
          {by && by.id !== topic.author?.id && <span>{t('acts.deletedBy', { name: fullName(by) })}</span>}
          <RelativeTime at={topic.deleted_at} />
        </p>
        {topic.reason && (
          <p className={rows.glance} dir="auto">
            {topic.reason}
          </p>
        )}
        {restore.error && <Notice tone="danger">{sentence(restore.error)}</Notice>}
      </div>
      <p className={rows.state}>
        {topic.restorable && (
          <Button
            variant="default"
            size="sm"
            loading={restore.isPending}
            aria-label={t('acts.restoreNamed', { title: topic.title })}
            onClick={() => restore.mutate()}
          >
            {t('acts.restore')}
          </Button>
        )}
      </p>
    </li>
  )
}
