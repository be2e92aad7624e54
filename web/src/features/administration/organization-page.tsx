import { Button } from '@mantine/core'
import type { AdminOrganization } from '@p2p/contracts'
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { formatNumber } from '../../lib/format.ts'
import { useMember } from '../../lib/me.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import factStyles from '../../ui/facts.module.css'
import { Page } from '../../ui/page.tsx'
import { fullName } from '../../ui/person.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { type OrganizationAct, useDecideOrganization } from './actions.ts'
import { Decisions } from './decisions.tsx'
import styles from './facts.module.css'
import { organizationQuery, statisticsQuery } from './queries.ts'
import { ReasonDialog } from './reason-dialog.tsx'
import { StateMark } from './state-mark.tsx'

export function OrganizationPage({ id }: { id: string }) {
  const { t } = useTranslation()
  const query = useQuery(organizationQuery(id))
  const organization = query.data
  return (
    <Page
      title={organization?.name ?? (query.isError ? t('administration.organizations') : null)}
      trail={<Link to={urls.adminOrganizations}>{t('administration.organizations')}</Link>}
      actions={organization && <Decide organization={organization} />}
    >
      {query.isPending && <Skeleton height="14rem" />}
      {query.isError && !organization && (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      )}
      {organization && (
        <div className={styles.parts}>
          <Facts organization={organization} />
          <Statistics organization={id} />
          <Decisions decisions={organization.decisions} />
        </div>
      )}
    </Page>
  )
}

function Facts({ organization }: { organization: AdminOrganization }) {
  const { t } = useTranslation()
  const { id, domain, status, admins, created_at } = organization
  return (
    <section className={styles.part}>
      <dl className={factStyles.factsStacked}>
        <dt>{t('administration.state')}</dt>
        <dd>
          <StateMark status={status} />
        </dd>
        <dt>{t('administration.domain')}</dt>
        <dd>{domain ? <bdi>{domain}</bdi> : t('administration.noDomain')}</dd>
        <dt>{t('administration.since')}</dt>
        <dd>
          <RelativeTime at={created_at} />
        </dd>
        <dt>{t('administration.admins')}</dt>
        <dd className={styles.inline}>
          {admins.length === 0 && t('administration.noAdmins')}
          {admins.map(
            (admin) =>
              admin && (
                <Link key={admin.id} to={urls.adminPerson} params={{ person: admin.id }}>
                  <bdi>{fullName(admin)}</bdi>
                </Link>
              ),
          )}
        </dd>
      </dl>
      <p className={styles.inline}>
        <Link to={urls.adminPeople} search={{ organization: id }}>
          {t('administration.itsPeople')}
        </Link>
        <Link to={urls.adminLog} search={{ organization: id }}>
          {t('administration.itsLog')}
        </Link>
      </p>
    </section>
  )
}

function Statistics({ organization }: { organization: string }) {
  const { t, i18n } = useTranslation()
  const { data, isPending } = useQuery(statisticsQuery(organization))
  if (isPending) return <Skeleton height="8rem" />
  if (!data) return null
  const bytes = Object.values(data.storage).reduce((sum, { bytes }) => sum + bytes, 0)
  const figures = [
    [t('administration.figures.admins'), data.people.admins],
    [t('administration.figures.members'), data.people.members],
    [t('administration.figures.deactivated'), data.people.deactivated],
    [t('administration.figures.active7'), data.people.active_7_days],
    [t('administration.figures.active30'), data.people.active_30_days],
    [t('administration.figures.topics'), data.topics],
    [t('administration.figures.posts'), data.posts],
    [t('administration.figures.storage'), Math.round(bytes / 1024 / 102.4) / 10],
  ] as const
  return (
    <section className={styles.part}>
      <h2>{t('administration.statistics')}</h2>
      <dl className={styles.figures}>
        {figures.map(([name, figure]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{formatNumber(figure, i18n.language)}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

function Decide({ organization: { id, name, status } }: { organization: AdminOrganization }) {
  const { t } = useTranslation()
  const me = useMember()
  const decide = useDecideOrganization(id)
  const [open, setOpen] = useState(false)
  if ((status !== 'active' && status !== 'suspended') || me.organization.id === id) return null
  const act: OrganizationAct = status === 'active' ? 'suspend' : 'reinstate'
  const suspend = act === 'suspend'
  return (
    <>
      <Button
        variant="default"
        onClick={() => setOpen(true)}
        leftSection={
          suspend ? (
            <IconPlayerPause size={18} aria-hidden="true" />
          ) : (
            <IconPlayerPlay size={18} aria-hidden="true" />
          )
        }
      >
        {t(`administration.${act}.open`)}
      </Button>
      <ReasonDialog
        key={act}
        opened={open}
        onClose={() => setOpen(false)}
        title={t(`administration.${act}.title`, { name })}
        lead={t(`administration.${act}.lead`)}
        action={t(`administration.${act}.action`)}
        danger={suspend}
        {...(suspend && { name })}
        pending={decide.isPending}
        error={decide.error}
        onConfirm={(reason) => decide.mutate({ act, reason }, { onSuccess: () => setOpen(false) })}
      />
    </>
  )
}
