import { IconPencil } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urls } from '../../../app/urls.ts'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { ErrorState } from '../../../ui/error-state.tsx'
import { LinkButton } from '../../../ui/link-button.tsx'
import { Page } from '../../../ui/page.tsx'
import { SkeletonList } from '../../../ui/skeleton.tsx'
import { DraftRow } from './draft-row.tsx'
import { draftsQuery } from './queries.ts'

/** What the reader has begun to write anywhere in the forum, newest first. */
export function DraftsPage() {
  const { t } = useTranslation()
  return (
    <Page
      title={t('drafts.title')}
      lead={t('drafts.lead')}
      trail={<Link to={urls.forum}>{t('forum.title')}</Link>}
    >
      <Drafts />
    </Page>
  )
}

function Drafts() {
  const { t } = useTranslation()
  const drafts = useQuery(draftsQuery)
  if (drafts.isPending) return <SkeletonList label={t('ui.loading')} rows={3} kind="row" />
  if (drafts.isError && !drafts.data) {
    return (
      <ErrorState title={t('drafts.failed')} error={drafts.error} onRetry={() => void drafts.refetch()} />
    )
  }
  if (drafts.data.length === 0) {
    return (
      <EmptyState
        icon={<IconPencil size={24} stroke={1.5} />}
        title={t('drafts.none')}
        action={
          <LinkButton to={urls.newTopic} variant="default">
            {t('forum.openTopic')}
          </LinkButton>
        }
      >
        {t('drafts.noneHelp')}
      </EmptyState>
    )
  }
  return (
    <ul aria-label={t('drafts.title')}>
      {drafts.data.map((draft) => (
        <DraftRow key={draft.key} draft={draft} />
      ))}
    </ul>
  )
}
