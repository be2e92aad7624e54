import { NativeSelect } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { type AdminPersonRow, personStatuses } from '@p2p/contracts'
import { IconShieldCheck, IconUsers } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { LoadMore } from '../../ui/load-more.tsx'
import { Page } from '../../ui/page.tsx'
import { Avatar, fullName } from '../../ui/person.tsx'
import rowStyles from '../../ui/row.module.css'
import { SkeletonList } from '../../ui/skeleton.tsx'
import styles from './list.module.css'
import { type PeopleAsked, peopleQuery } from './queries.ts'
import { SearchField } from './search-field.tsx'
import { StateMark } from './state-mark.tsx'

type Props = { asked: PeopleAsked; onAsk: (asked: PeopleAsked) => void }

export function PeoplePage({ asked, onAsk }: Props) {
  const { t } = useTranslation()
  const [paused] = useDebouncedValue(asked, 250)
  return (
    <Page title={t('administration.people')} lead={t('administration.peopleLead')}>
      <search className={styles.filters} aria-label={t('administration.find')}>
        <SearchField
          label={t('administration.findPerson')}
          help={t('administration.findPersonHelp')}
          value={asked.q ?? ''}
          onChange={(q) => onAsk({ ...asked, q: q || undefined })}
        />
        <NativeSelect
          label={t('administration.state')}
          value={asked.status ?? ''}
          onChange={({ target }) =>
            onAsk({ ...asked, status: personStatuses.find((status) => status === target.value) })
          }
          data={[
            { value: '', label: t('administration.anyState') },
            ...personStatuses.map((status) => ({
              value: status,
              label: t(`administration.states.${status}`),
            })),
          ]}
        />
        {asked.organization && (
          <button
            type="button"
            className={styles.clear}
            onClick={() => onAsk({ ...asked, organization: undefined })}
          >
            {t('administration.allCompanies')}
          </button>
        )}
      </search>
      <People asked={paused} />
    </Page>
  )
}

function People({ asked }: { asked: PeopleAsked }) {
  const { t } = useTranslation()
  const list = useInfiniteQuery(peopleQuery(asked))
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
  const rows = list.data.pages.flatMap((page) => page.people)
  if (rows.length === 0) {
    return (
      <EmptyState icon={<IconUsers size={24} stroke={1.5} />} title={t('administration.noneFound')}>
        {t('administration.noPersonHelp')}
      </EmptyState>
    )
  }
  return (
    <>
      <ul aria-label={t('administration.people')}>
        {rows.map((person) => (
          <PersonRow key={person.id} person={person}>
            <StateMark status={person.status} />
          </PersonRow>
        ))}
      </ul>
      <LoadMore list={list}>{t('administration.more')}</LoadMore>
    </>
  )
}

/** Somebody in a list; the row leads to their page. */
export function PersonRow({ person, children }: { person: AdminPersonRow; children: ReactNode }) {
  const { t } = useTranslation()
  const { organization, email_hint, platform_role, second_factor } = person
  return (
    <li className={`${rowStyles.frame} ${styles.row}`}>
      <Avatar person={person} />
      <div className={styles.main}>
        <h2 className={styles.name} dir="auto">
          <Link to={urls.adminPerson} params={{ person: person.id }} className={rowStyles.cover}>
            {fullName(person)}
          </Link>
        </h2>
        <p className={styles.meta}>
          <bdi>{organization?.name ?? t('administration.noCompany')}</bdi>
          {email_hint && <bdi dir="ltr">{email_hint}</bdi>}
          {platform_role && <span>{t(`administration.roles.${platform_role}`)}</span>}
          {second_factor && (
            <span className={styles.mark}>
              <IconShieldCheck size={14} aria-hidden="true" />
              {t('administration.hasFactor')}
            </span>
          )}
        </p>
      </div>
      <div className={styles.state}>{children}</div>
    </li>
  )
}
