import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { refusalOf } from '../../lib/sentence.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { Page } from '../../ui/page.tsx'
import { SkeletonList } from '../../ui/skeleton.tsx'
import { useCategoryWords } from './category-name.ts'
import { Conversation } from './conversation.tsx'
import { topicQuery } from './queries.ts'
import { TopicAside } from './topic-aside.tsx'
import { useLiveTopic } from './use-live-topic.ts'

/** `post` is the one the address points to. */
export function TopicPage({ id, post }: { id: string; post: string | null }) {
  const { t } = useTranslation()
  const words = useCategoryWords()
  const query = useInfiniteQuery(topicQuery(id))
  const live = useLiveTopic(id)
  const topic = query.data?.pages[0]?.topic

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
    >
      {query.data && topic ? (
        <Conversation topic={topic} pages={query.data} query={query} live={live} target={post} />
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
