import type { OrganizationPage as Company } from '@p2p/contracts'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { useMember } from '../../lib/me.ts'
import { companyName, named } from '../../lib/reference.ts'
import { refusalOf } from '../../lib/sentence.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import factStyles from '../../ui/facts.module.css'
import { LinkButton } from '../../ui/link-button.tsx'
import { Page } from '../../ui/page.tsx'
import { CompanyLogo } from '../../ui/picture.tsx'
import { SkeletonList } from '../../ui/skeleton.tsx'
import styles from './page.module.css'
import { PersonRow } from './person-row.tsx'
import { organizationQuery } from './queries.ts'
import { VerifiedMark } from './verified-mark.tsx'

/** A company as everybody here sees it. */
export function OrganizationPage({ id }: { id: string }) {
  const { t, i18n } = useTranslation()
  const me = useMember()
  const { data: company, error, refetch } = useQuery(organizationQuery(id))
  if (error && !company) {
    const gone = ['not_found', 'invalid_input'].includes(refusalOf(error)?.code ?? '')
    return (
      <Page title={t(gone ? 'directory.noSuchOrganization' : 'directory.organizationFailed')}>
        <ErrorState error={error} {...(!gone && { onRetry: () => void refetch() })}>
          <LinkButton to={urls.organizations} variant="default">
            {t('directory.organizations')}
          </LinkButton>
        </ErrorState>
      </Page>
    )
  }
  const mine = me.organization.id === id && me.role === 'admin'
  return (
    <Page
      title={company ? companyName(company, i18n.language) : null}
      trail={<Link to={urls.organizations}>{t('directory.organizations')}</Link>}
      lead={company && <OtherName company={company} />}
      actions={
        mine && (
          <LinkButton to={urls.companyProfile} variant="default">
            {t('directory.editOrganization')}
          </LinkButton>
        )
      }
      aside={company && <Facts company={company} />}
      asideLabel={t('directory.facts')}
      asideFirst
    >
      {company ? <Told company={company} /> : <SkeletonList label={t('ui.loading')} rows={4} kind="row" />}
    </Page>
  )
}

/** The name in the other script, and the badge. */
function OtherName({ company }: { company: Company }) {
  const { i18n } = useTranslation()
  const shown = companyName(company, i18n.language)
  const other = [company.name, company.name_ar].find((name) => name && name !== shown)
  return (
    <span className={styles.head}>
      <CompanyLogo organization={{ ...company, name: shown }} size="lg" />
      {other && <bdi>{other}</bdi>}
      {company.verified && <VerifiedMark />}
    </span>
  )
}

function Facts({ company }: { company: Company }) {
  const { t, i18n } = useTranslation()
  const { industry, size, city, website } = company
  const facts = [
    [t('organizations.industry'), industry && named(industry, i18n.language)],
    [t('organizations.size'), size && t(`organizations.sizes.${size}`)],
    [t('organizations.city'), city && named(city, i18n.language)],
    [
      t('organizations.website'),
      website && (
        <a key="website" href={website} rel="nofollow noopener noreferrer" target="_blank" dir="ltr">
          {website.replace(/^https:\/\/(www\.)?|\/$/g, '')}
        </a>
      ),
    ],
    [t('directory.people'), t('directory.peopleCount', { count: company.people_count })],
  ] as const
  return (
    <dl className={factStyles.facts}>
      {facts.map(
        ([name, value]) =>
          value && (
            <div key={name} style={{ display: 'contents' }}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  )
}

function Told({ company }: { company: Company }) {
  const { t } = useTranslation()
  return (
    <div className={styles.parts}>
      <section className={styles.part}>
        <h2>{t('organizations.about')}</h2>
        {company.about ? (
          <p className={styles.about} dir="auto">
            {company.about}
          </p>
        ) : (
          <p className={styles.quiet}>{t('directory.nothingTold')}</p>
        )}
      </section>
      <section className={styles.part}>
        <h2>{t('directory.people')}</h2>
        <ul aria-label={t('directory.people')}>
          {company.people.map((person) => (
            <PersonRow key={person.id} person={person} level={3} showCompany={false} />
          ))}
        </ul>
        {company.people_count > company.people.length && (
          <div>
            <LinkButton to={urls.people} search={{ organization: company.id }} variant="default">
              {t('directory.allPeople', { count: company.people_count })}
            </LinkButton>
          </div>
        )}
      </section>
    </div>
  )
}
