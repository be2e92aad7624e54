import { IconMessages, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { useMe } from '../../lib/me.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { Page } from '../../ui/page.tsx'
import { SkeletonList } from '../../ui/skeleton.tsx'
import { CategoryRow } from './category-row.tsx'
import { OwnPlaces } from './drafts/own-places.tsx'
import { LatestTopics } from './latest-topics.tsx'
import { UnreadBadge } from './lists/unread-badge.tsx'
import { categoriesQuery } from './queries.ts'

export function ForumPage() {
  const { t } = useTranslation()
  const me = useMe()
  return (
    <Page
      title={t('forum.title')}
      lead={t('forum.lead', { name: me.first_name })}
      actions={
        <>
          <LinkButton to={urls.unread} variant="default" rightSection={<UnreadBadge />}>
            {t('lists.unread')}
          </LinkButton>
          <LinkButton to={urls.newTopic} leftSection={<IconPlus size={18} aria-hidden="true" />}>
            {t('forum.openTopic')}
          </LinkButton>
        </>
      }
      aside={<LatestTopics />}
      asideLabel={t('forum.latest')}
    >
      <Categories />
      <OwnPlaces />
    </Page>
  )
}

function Categories() {
  const { t } = useTranslation()
  const categories = useQuery(categoriesQuery)
  if (categories.isPending) return <SkeletonList label={t('ui.loading')} rows={6} kind="row" />
  if (categories.isError && !categories.data) {
    return (
      <ErrorState
        title={t('forum.categoriesFailed')}
        error={categories.error}
        onRetry={() => void categories.refetch()}
      />
    )
  }
  // What is archived is found by its topics, and takes none.
  const open = categories.data.filter(({ archived_at }) => !archived_at)
  if (open.length === 0) {
    return (
      <EmptyState icon={<IconMessages size={24} stroke={1.5} />} title={t('forum.noCategories')}>
        {t('forum.noCategoriesHelp')}
      </EmptyState>
    )
  }
  return (
    <ul aria-label={t('forum.categories')}>
      {open.map((category) => (
        <CategoryRow key={category.id} category={category} />
      ))}
    </ul>
  )
}
