import { useInfiniteQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorState } from '../../../ui/error-state.tsx'
import { LoadMore } from '../../../ui/load-more.tsx'
import { SkeletonList } from '../../../ui/skeleton.tsx'
import { TopicRow } from '../topic-row.tsx'
import { type TopicsAsked, topicsQuery } from './queries.ts'

/** Topics in each state of a list. `empty` says what this place is for when nothing is in it. */
export function TopicList({ asked, empty }: { asked: TopicsAsked; empty: ReactNode }) {
  const { t } = useTranslation()
  const topics = useInfiniteQuery(topicsQuery(asked))
  if (topics.isPending) return <SkeletonList label={t('ui.loading')} rows={8} kind="row" />
  if (topics.isError && !topics.data) {
    return (
      <ErrorState
        title={t('forum.topicsFailed')}
        error={topics.error}
        onRetry={() => void topics.refetch()}
      />
    )
  }
  const rows = topics.data.pages.flatMap((page) => page.topics)
  // A topic that moved up between two pages is in both: the newer place is the true one.
  const each = [...new Map(rows.map((topic) => [topic.id, topic])).values()]
  if (each.length === 0) return empty
  return (
    <>
      <ul aria-label={t('forum.topics')}>
        {each.map((topic) => (
          <TopicRow key={topic.id} topic={topic} showCategory={asked.category === undefined} />
        ))}
      </ul>
      <LoadMore list={topics}>{t('forum.moreTopics')}</LoadMore>
    </>
  )
}
