import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { useMember } from '../../lib/me.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { CompanyLogo } from '../../ui/picture.tsx'
import { PictureField } from '../../ui/picture-field.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { CompanyEditor } from './company-editor.tsx'
import styles from './company-profile.module.css'
import { companyProfileQuery, useSeeCompany } from './company-queries.ts'
import { RegistrationSection } from './registration-section.tsx'

/** What the company says of itself: for its admins to write, for the others a word whom to ask. */
export function CompanyProfilePage() {
  const { t } = useTranslation()
  const me = useMember()
  return (
    <Page
      title={t('organizations.profileTitle')}
      lead={t('organizations.profileLead')}
      actions={
        <Link to={urls.organization} params={{ organization: me.organization.id }}>
          {t('organizations.seePage')}
        </Link>
      }
    >
      {me.role === 'admin' ? <Editing /> : <Notice tone="info">{t('organizations.forAdmins')}</Notice>}
    </Page>
  )
}

function Editing() {
  const { t } = useTranslation()
  const { data: company, isPending, error, refetch } = useQuery(companyProfileQuery)
  const seeCompany = useSeeCompany()
  if (isPending) return <FormShape label={t('ui.loading')} />
  if (!company) {
    return <ErrorState title={t('organizations.notLoaded')} error={error} onRetry={() => void refetch()} />
  }
  return (
    <div className={styles.parts}>
      <PictureField
        purpose="logo"
        label={t('organizations.logo')}
        help={t('organizations.logoHelp')}
        picture={company.logo}
        shown={<CompanyLogo organization={company} size="xl" />}
        onChange={seeCompany}
      />
      <CompanyEditor company={company} />
      <RegistrationSection registration={company.registration} />
    </div>
  )
}

/** As many fields as are to come, in their places. */
const FormShape = ({ label }: { label: string }) => (
  <div role="status" aria-label={label} className={styles.shape}>
    {['8rem', '4.5rem', '4.5rem', '4.5rem', '4.5rem', '12rem'].map((height, field) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: shapes have no identity and never move
      <Skeleton key={field} height={height} />
    ))}
  </div>
)
