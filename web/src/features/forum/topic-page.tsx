import type { BranchSort } from '@p2p/contracts'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { refusalOf } from '../../lib/sentence.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { Page } from '../../ui/page.tsx'
import { SkeletonList } from '../../ui/skeleton.tsx'
import { TopicFacts } from './acts/topic-facts.tsx'
import { TopicMenu } from './acts/topic-menu.tsx'
import { useCategoryWords } from './category-name.ts'
import { Conversation } from './conversation.tsx'
import { topicQuery } from './queries.ts'
import { TopicAside } from './topic-aside.tsx'
import { useLiveTopic } from './use-live-topic.ts'

type Props = {
  id: string
  /** The one the address points to. */
  post: string | null
  /** What is written on with: an answer to that post, or to the topic; or that post itself. */
  write: 'reply' | 'edit' | null
  /** Takes both out of the address. */
  onForget: () => void
}

export function TopicPage({ id, post, write, onForget }: Props) {
  const { t } = useTranslation()
  const words = useCategoryWords()
  const [sort, setSort] = useState<BranchSort>('oldest')
  const [{ start, reading }, begin] = useState({ start: post, reading: 0 })
  const query = useInfiniteQuery(topicQuery(id, sort, start))
  const topic = query.data?.pages[0]?.topic
  const live = useLiveTopic(id, topic)

  if (query.isError && !query.data) {
    return <NoTopic error={query.error} onRetry={() => void query.refetch()} />
  }

  const trail = topic && (
    <nav aria-label={t('ui.breadcrumbs')}>
      <Link to={urls.forum}>{t('forum.title')}</Link>
      {' › '}
      <Link to={urls.category} params={{ category: topic.category.slug }}>
        {words.name(topic.category)}
      </Link>
    </nav>
  )

  return (
    <Page
      title={topic?.title ?? null}
      trail={trail ?? ' '}
      aside={<TopicAside topic={topic ?? null} live={live} />}
      asideLabel={t('forum.aboutTopic')}
      asideFirst
      actions={topic && <TopicMenu topic={topic} />}
    >
      {topic && <TopicFacts topic={topic} />}
      {query.data && topic ? (
        <Conversation
          // From another post on it is another reading: nothing in it is news to the one before.
          key={reading}
          topic={topic}
          pages={query.data}
          query={query}
          live={live}
          target={post}
          write={write}
          start={start}
          onStart={(start) => begin(({ reading }) => ({ start, reading: reading + 1 }))}
          sort={sort}
          onSort={(chosen) => {
            begin(({ reading }) => ({ start: null, reading }))
            setSort(chosen)
            if (post || write) onForget()
          }}
        />
      ) : (
        <SkeletonList label={t('ui.loading')} rows={4} kind="post" />
      )}
    </Page>
  )
}

function NoTopic({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const { t } = useTranslation()
  const gone = refusalOf(error)?.code === 'not_found'
  return (
    <Page title={gone ? t('forum.topicGone') : t('forum.topicFailed')}>
      <ErrorState error={error} {...(!gone && { onRetry })}>
        <LinkButton to={urls.forum} variant="default">
          {t('forum.backToForum')}
        </LinkButton>
      </ErrorState>
    </Page>
  )
}
