import type { PersonPage as Person, Reputation } from '@p2p/contracts'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { useMember } from '../../lib/me.ts'
import { refusalOf } from '../../lib/sentence.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import factStyles from '../../ui/facts.module.css'
import { LinkButton } from '../../ui/link-button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { Avatar, fullName, Tags } from '../../ui/person.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { SkeletonList } from '../../ui/skeleton.tsx'
import styles from './page.module.css'
import { personQuery, reputationQuery } from './queries.ts'
import { Standing } from './standing.tsx'

/** A person as the reader may see them. */
export function PersonPage({ id }: { id: string }) {
  const { t } = useTranslation()
  const me = useMember()
  const { data: person, error, refetch } = useQuery(personQuery(id))
  const reputation = useQuery(reputationQuery(id))
  if (error && !person) {
    const gone = ['not_found', 'invalid_input'].includes(refusalOf(error)?.code ?? '')
    return (
      <Page title={t(gone ? 'directory.noSuchPerson' : 'directory.personFailed')}>
        <ErrorState error={error} {...(!gone && { onRetry: () => void refetch() })}>
          <LinkButton to={urls.people} variant="default">
            {t('directory.people')}
          </LinkButton>
        </ErrorState>
      </Page>
    )
  }
  return (
    <Page
      title={person ? fullName(person) : null}
      trail={<Link to={urls.people}>{t('directory.people')}</Link>}
      lead={person && <Place person={person} />}
      actions={
        me.id === id && (
          <LinkButton to={urls.profile} variant="default">
            {t('directory.editProfile')}
          </LinkButton>
        )
      }
    >
      {person && !reputation.isPending ? (
        <Told person={person} reputation={reputation.data ?? null} />
      ) : (
        <SkeletonList label={t('ui.loading')} rows={3} kind="row" />
      )}
    </Page>
  )
}

function Place({ person }: { person: Person }) {
  return (
    <span className={styles.head}>
      <Avatar person={person} size="lg" />
      <span>
        {person.job_title && <bdi>{person.job_title}</bdi>}
        {person.job_title && person.organization && <br />}
        {person.organization && (
          <Link to={urls.organization} params={{ organization: person.organization.id }}>
            <bdi>{person.organization.name}</bdi>
          </Link>
        )}
      </span>
    </span>
  )
}

function Told({ person, reputation }: { person: Person; reputation: Reputation | null }) {
  const { t } = useTranslation()
  const toldNothing = !person.about && person.expertise.length === 0
  return (
    <div className={styles.parts}>
      {!person.is_active && <Notice tone="info">{t('directory.away')}</Notice>}
      {toldNothing && <p className={styles.quiet}>{t('directory.personToldNothing')}</p>}
      {person.about && (
        <section className={styles.part}>
          <h2>{t('directory.aboutPerson')}</h2>
          <p className={styles.about} dir="auto">
            {person.about}
          </p>
        </section>
      )}
      {person.expertise.length > 0 && (
        <section className={styles.part}>
          <h2>{t('directory.expertise')}</h2>
          <Tags label={t('directory.expertise')} tags={person.expertise} />
        </section>
      )}
      {reputation && <Standing reputation={reputation} />}
      <dl className={factStyles.facts}>
        <dt>{t('directory.since')}</dt>
        <dd>
          <RelativeTime at={person.since} />
        </dd>
        {person.email && (
          <>
            <dt>{t('directory.email')}</dt>
            <dd>
              <a href={`mailto:${person.email}`} dir="ltr">
                {person.email}
              </a>
            </dd>
          </>
        )}
      </dl>
    </div>
  )
}
