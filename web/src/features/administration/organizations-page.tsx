import { NativeSelect } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { type OrganizationStatus, organizationStatuses } from '@p2p/contracts'
import { IconBuilding } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { LoadMore } from '../../ui/load-more.tsx'
import { Page } from '../../ui/page.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import rowStyles from '../../ui/row.module.css'
import { SkeletonList } from '../../ui/skeleton.tsx'
import styles from './list.module.css'
import { type OrganizationsAsked, organizationsQuery } from './queries.ts'
import { SearchField } from './search-field.tsx'
import { StateMark } from './state-mark.tsx'

type Props = { asked: OrganizationsAsked; onAsk: (asked: OrganizationsAsked) => void }

export function OrganizationsPage({ asked, onAsk }: Props) {
  const { t } = useTranslation()
  const [paused] = useDebouncedValue(asked, 250)
  return (
    <Page title={t('administration.organizations')} lead={t('administration.organizationsLead')}>
      <search className={styles.filters} aria-label={t('administration.find')}>
        <SearchField
          label={t('administration.findOrganization')}
          value={asked.q ?? ''}
          onChange={(q) => onAsk({ ...asked, q: q || undefined })}
        />
        <NativeSelect
          label={t('administration.state')}
          value={asked.status ?? ''}
          onChange={({ target }) =>
            onAsk({ ...asked, status: organizationStatuses.find((status) => status === target.value) })
          }
          data={[
            { value: '', label: t('administration.anyState') },
            ...organizationStatuses.map((status: OrganizationStatus) => ({
              value: status,
              label: t(`administration.states.${status}`),
            })),
          ]}
        />
        <NativeSelect
          label={t('administration.sort')}
          value={asked.sort ?? 'newest'}
          onChange={({ target }) => onAsk({ ...asked, sort: target.value === 'name' ? 'name' : undefined })}
          data={[
            { value: 'newest', label: t('administration.newestFirst') },
            { value: 'name', label: t('administration.byName') },
          ]}
        />
      </search>
      <Organizations asked={paused} />
    </Page>
  )
}

function Organizations({ asked }: { asked: OrganizationsAsked }) {
  const { t } = useTranslation()
  const list = useInfiniteQuery(organizationsQuery(asked))
  if (list.isPending) return <SkeletonList label={t('ui.loading')} rows={8} kind="row" />
  if (list.isError && !list.data) {
    return (
      <ErrorState
        title={t('administration.listFailed')}
        error={list.error}
        onRetry={() => void list.refetch()}
      />
    )
  }
  const rows = list.data.pages.flatMap((page) => page.organizations)
  if (rows.length === 0) {
    return (
      <EmptyState icon={<IconBuilding size={24} stroke={1.5} />} title={t('administration.noneFound')}>
        {t('administration.noOrganizationHelp')}
      </EmptyState>
    )
  }
  return (
    <>
      <ul aria-label={t('administration.organizations')}>
        {rows.map(({ id, name, domain, status, people, created_at }) => (
          <li key={id} className={`${rowStyles.frame} ${styles.row}`}>
            <span className={rowStyles.icon} aria-hidden="true">
              <IconBuilding size={20} stroke={1.5} />
            </span>
            <div className={styles.main}>
              <h2 className={styles.name} dir="auto">
                <Link to={urls.adminOrganization} params={{ organization: id }} className={rowStyles.cover}>
                  {name}
                </Link>
              </h2>
              <p className={styles.meta}>
                {domain && <bdi>{domain}</bdi>}
                <span>{t('administration.people_count', { count: people })}</span>
                <RelativeTime at={created_at} />
              </p>
            </div>
            <div className={styles.state}>
              <StateMark status={status} />
            </div>
          </li>
        ))}
      </ul>
      <LoadMore list={list}>{t('administration.more')}</LoadMore>
    </>
  )
}
