import { Button } from '@mantine/core'
import { IconMessages, IconPlus } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { Page } from '../../ui/page.tsx'
import { SkeletonList } from '../../ui/skeleton.tsx'
import { useCategoryWords } from './category-name.ts'
import { NewTopicsHint } from './new-topics-hint.tsx'
import { categoriesQuery, topicsQuery } from './queries.ts'
import { TopicRow } from './topic-row.tsx'

/** The topics of one category, or of all for null. */
export function TopicsPage({ slug }: { slug: string | null }) {
  const { t } = useTranslation()
  const words = useCategoryWords()
  const categories = useQuery(categoriesQuery)
  const category = categories.data?.find((each) => each.slug === slug)
  const title = slug === null ? t('forum.allTopics') : category ? words.name(category) : null
  const search = slug === null ? {} : { category: slug }

  return (
    <Page
      title={title}
      trail={slug !== null && <Link to={urls.forum}>{t('forum.title')}</Link>}
      lead={category && words.description(category)}
      actions={
        <LinkButton
          to={urls.newTopic}
          search={search}
          leftSection={<IconPlus size={18} aria-hidden="true" />}
        >
          {t('forum.openTopic')}
        </LinkButton>
      }
    >
      <NewTopicsHint slug={slug} />
      <Topics slug={slug} />
    </Page>
  )
}

function Topics({ slug }: { slug: string | null }) {
  const { t } = useTranslation()
  const topics = useInfiniteQuery(topicsQuery(slug))
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
  if (rows.length === 0) {
    return (
      <EmptyState
        icon={<IconMessages size={24} stroke={1.5} />}
        title={t('forum.noTopics')}
        action={
          <LinkButton to={urls.newTopic} search={slug === null ? {} : { category: slug }}>
            {t('forum.openFirstTopic')}
          </LinkButton>
        }
      >
        {t('forum.noTopicsHelp')}
      </EmptyState>
    )
  }
  return (
    <>
      <ul aria-label={t('forum.topics')}>
        {rows.map((topic) => (
          <TopicRow key={topic.id} topic={topic} showCategory={slug === null} />
        ))}
      </ul>
      <LoadMore topics={topics} />
    </>
  )
}

type More = Pick<ReturnType<typeof useInfiniteQuery>, 'hasNextPage' | 'isFetchingNextPage'> & {
  fetchNextPage: () => unknown
}

function LoadMore({ topics }: { topics: More }) {
  const { t } = useTranslation()
  if (!topics.hasNextPage) return null
  return (
    <Button
      variant="default"
      mt="lg"
      loading={topics.isFetchingNextPage}
      onClick={() => void topics.fetchNextPage()}
    >
      {t('forum.moreTopics')}
    </Button>
  )
}
