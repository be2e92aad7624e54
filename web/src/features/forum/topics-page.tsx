import { IconMessages, IconPlus } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { useMember } from '../../lib/me.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { Page } from '../../ui/page.tsx'
import { useCategoryWords } from './category-name.ts'
import { MarkAllRead } from './lists/mark-all-read.tsx'
import { topicsQuery } from './lists/queries.ts'
import { askedOf, isNarrowed, type TopicsSearch } from './lists/search.ts'
import { SortTabs } from './lists/sort-tabs.tsx'
import { TopicFilters } from './lists/topic-filters.tsx'
import { TopicList } from './lists/topic-list.tsx'
import { NewTopicsHint } from './new-topics-hint.tsx'
import { categoriesQuery } from './queries.ts'

type Props = {
  /** The category's; null for all topics. */
  slug: string | null
  search: TopicsSearch
  /** Writes what is asked for into the address. */
  onSearch: (search: TopicsSearch) => void
}

export function TopicsPage({ slug, search, onSearch }: Props) {
  const { t } = useTranslation()
  const me = useMember()
  const words = useCategoryWords()
  const categories = useQuery(categoriesQuery)
  const category = categories.data?.find((each) => each.slug === slug)
  const title = slug === null ? t('forum.allTopics') : category ? words.name(category) : null
  const asked = useMemo(() => askedOf(search, me.id, slug ?? undefined), [search, me.id, slug])
  const found = useInfiniteQuery(topicsQuery(asked)).data?.pages.flatMap((page) => page.topics) ?? []

  return (
    <Page
      title={title}
      trail={slug !== null && <Link to={urls.forum}>{t('forum.title')}</Link>}
      lead={category && words.description(category)}
      actions={
        <LinkButton
          to={urls.newTopic}
          search={slug === null ? {} : { category: slug }}
          leftSection={<IconPlus size={18} aria-hidden="true" />}
        >
          {t('forum.openTopic')}
        </LinkButton>
      }
    >
      <SortTabs search={search} />
      <TopicFilters search={search} onSearch={onSearch} found={found} />
      <NewTopicsHint key={JSON.stringify(asked)} asked={asked} />
      <MarkAllRead category={slug ?? undefined} />
      <TopicList asked={asked} empty={isNarrowed(search) ? <NothingFound /> : <NoTopics slug={slug} />} />
    </Page>
  )
}

function NoTopics({ slug }: { slug: string | null }) {
  const { t } = useTranslation()
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

function NothingFound() {
  const { t } = useTranslation()
  return (
    <EmptyState icon={<IconMessages size={24} stroke={1.5} />} title={t('lists.nothingFound')}>
      {t('lists.nothingFoundHelp')}
    </EmptyState>
  )
}
