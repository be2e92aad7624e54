import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useMember } from '../../lib/me.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { Page } from '../../ui/page.tsx'
import { useLiveMembers } from './members/use-live-members.ts'
import { ContributionFigures, PeopleFigures, StorageFigures } from './overview-figures.tsx'
import { FiguresShape } from './overview-parts.tsx'
import { statisticsQuery } from './statistics-query.ts'

/** What the company amounts to, each number a way to what it counts. */
export function OverviewPage() {
  const { t } = useTranslation()
  const { organization, role } = useMember()
  useLiveMembers()
  return (
    <Page title={organization.name} lead={t(role === 'admin' ? 'overview.leadAdmin' : 'overview.lead')}>
      <Figures isAdmin={role === 'admin'} />
    </Page>
  )
}

function Figures({ isAdmin }: { isAdmin: boolean }) {
  const { t } = useTranslation()
  const statistics = useQuery(statisticsQuery)
  if (statistics.isPending) return <FiguresShape label={t('ui.loading')} />
  if (statistics.isError && !statistics.data) {
    return (
      <ErrorState
        title={t('overview.failed')}
        error={statistics.error}
        onRetry={() => void statistics.refetch()}
      />
    )
  }
  return (
    <>
      <PeopleFigures people={statistics.data.people} isAdmin={isAdmin} />
      <ContributionFigures statistics={statistics.data} />
      {isAdmin && <StorageFigures storage={statistics.data.storage} />}
    </>
  )
}
