import { Button } from '@mantine/core'
import type { AdminPerson } from '@p2p/contracts'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { formatNumber } from '../../lib/format.ts'
import { useSentence } from '../../lib/sentence.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import factStyles from '../../ui/facts.module.css'
import { Notice } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { fullName } from '../../ui/person.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { useReadAddress } from './actions.ts'
import { Decisions } from './decisions.tsx'
import styles from './facts.module.css'
import { PersonActs } from './person-acts.tsx'
import { personQuery } from './queries.ts'
import { StateMark } from './state-mark.tsx'

export function PersonPage({ id }: { id: string }) {
  const { t } = useTranslation()
  const query = useQuery(personQuery(id))
  const person = query.data
  return (
    <Page
      title={person ? fullName(person) : query.isError ? t('administration.people') : null}
      trail={<Link to={urls.adminPeople}>{t('administration.people')}</Link>}
    >
      {query.isPending && <Skeleton height="14rem" />}
      {query.isError && !person && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {person && (
        <div className={styles.parts}>
          <Facts person={person} />
          <PersonActs person={person} />
          <Decisions decisions={person.decisions} />
        </div>
      )}
    </Page>
  )
}

function Facts({ person }: { person: AdminPerson }) {
  const { t, i18n } = useTranslation()
  const { organization, role, platform_role, second_factor, sessions } = person
  return (
    <section className={styles.part}>
      <dl className={factStyles.factsStacked}>
        <dt>{t('administration.state')}</dt>
        <dd>
          <StateMark status={person.status} />
        </dd>
        <dt>{t('administration.address')}</dt>
        <dd>
          <Address person={person} />
        </dd>
        <dt>{t('administration.company')}</dt>
        <dd className={styles.inline}>
          {organization ? (
            <Link to={urls.adminOrganization} params={{ organization: organization.id }}>
              <bdi>{organization.name}</bdi>
            </Link>
          ) : (
            t('administration.noCompany')
          )}
          {role && <span className={styles.quiet}>{t(`identity.roles.${role}`)}</span>}
        </dd>
        {platform_role && (
          <>
            <dt>{t('administration.platformRole')}</dt>
            <dd>{t(`administration.roles.${platform_role}`)}</dd>
          </>
        )}
        <dt>{t('administration.secondFactor')}</dt>
        <dd>{second_factor ? t('administration.hasFactor') : t('administration.noFactor')}</dd>
        <dt>{t('administration.sessions')}</dt>
        <dd>{formatNumber(sessions, i18n.language)}</dd>
        <dt>{t('administration.since')}</dt>
        <dd>
          <RelativeTime at={person.created_at} />
        </dd>
        <dt>{t('administration.lastSignIn')}</dt>
        <dd>
          {person.last_sign_in_at ? (
            <RelativeTime at={person.last_sign_in_at} />
          ) : (
            t('administration.neverSignedIn')
          )}
        </dd>
      </dl>
      <p>
        <Link to={urls.adminLog} search={{ actor: person.id }}>
          {t('administration.theirDeeds')}
        </Link>
      </p>
    </section>
  )
}

/** Shown on request: that it was read is written down. */
function Address({ person }: { person: AdminPerson }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const read = useReadAddress(person.id)
  if (read.data) return <bdi dir="ltr">{read.data}</bdi>
  return (
    <span className={styles.inline}>
      <bdi dir="ltr">{person.email_hint}</bdi>
      <Button variant="subtle" size="compact-sm" loading={read.isPending} onClick={() => read.mutate()}>
        {t('administration.showAddress')}
      </Button>
      <span className={styles.quiet}>{t('administration.showAddressHelp')}</span>
      {read.error && <Notice tone="danger">{sentence(read.error)}</Notice>}
    </span>
  )
}
