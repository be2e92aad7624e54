import { Button } from '@mantine/core'
import type { AuditFilters } from '@p2p/contracts'
import { IconDownload, IconHistory, IconPlayerStop } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useSentence } from '../../lib/sentence.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { LoadMore } from '../../ui/load-more.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { SkeletonList } from '../../ui/skeleton.tsx'
import { asFilters, type LogSearch } from './filters.ts'
import { LogFilters } from './log-filters.tsx'
import { LogRow } from './log-row.tsx'
import { auditQuery } from './queries.ts'
import { useExport } from './use-export.ts'

type Props = {
  /** Whose log: one company's, or everybody's for null. */
  organization: string | null
  search: LogSearch
  onSearch: (search: LogSearch) => void
}

export function LogPage({ organization, search, onSearch }: Props) {
  const { t } = useTranslation()
  const filters = asFilters(search, organization)
  return (
    <Page
      title={t('audit.title')}
      lead={t(organization ? 'audit.companyLead' : 'audit.platformLead')}
      actions={<Export key={JSON.stringify(filters)} filters={filters} />}
    >
      <LogFilters search={search} onChange={onSearch} />
      <Lines
        filters={filters}
        everybody={organization === null}
        narrowed={Object.values(search).some((value) => value !== undefined)}
        onActor={(actor) => onSearch({ ...search, actor })}
      />
    </Page>
  )
}

type LinesProps = {
  filters: AuditFilters
  everybody: boolean
  narrowed: boolean
  onActor: (actor: string) => void
}

function Lines({ filters, everybody, narrowed, onActor }: LinesProps) {
  const { t } = useTranslation()
  const log = useInfiniteQuery(auditQuery(filters))
  if (log.isPending) return <SkeletonList label={t('ui.loading')} rows={8} kind="row" />
  if (log.isError && !log.data) {
    return <ErrorState title={t('audit.failed')} error={log.error} onRetry={() => void log.refetch()} />
  }
  const events = log.data.pages.flatMap((page) => page.events)
  if (events.length === 0) {
    return (
      <EmptyState
        icon={<IconHistory size={24} stroke={1.5} />}
        title={t(narrowed ? 'audit.noneFound' : 'audit.empty')}
      >
        {t(narrowed ? 'audit.noneFoundHelp' : 'audit.emptyHelp')}
      </EmptyState>
    )
  }
  return (
    <>
      <ul aria-label={t('audit.list')}>
        {events.map((event) => (
          <LogRow key={event.id} event={event} showOrganization={everybody} onActor={onActor} />
        ))}
      </ul>
      <LoadMore list={log}>{t('audit.more')}</LoadMore>
    </>
  )
}

function Export({ filters }: { filters: AuditFilters }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const { state, start, stop } = useExport(filters)
  return (
    <>
      {state.name === 'running' ? (
        <Button
          variant="default"
          onClick={stop}
          leftSection={<IconPlayerStop size={18} aria-hidden="true" />}
        >
          {t('audit.export.stop')}
        </Button>
      ) : (
        <Button
          variant="default"
          onClick={() => void start()}
          leftSection={<IconDownload size={18} aria-hidden="true" />}
        >
          {t('audit.export.start')}
        </Button>
      )}
      <div role="status">
        {state.name === 'running' && t('audit.export.running', { lines: state.count })}
        {state.name === 'done' && t('audit.export.done', { count: state.count })}
      </div>
      {state.name === 'failed' && <Notice tone="danger">{sentence(state.error)}</Notice>}
    </>
  )
}
