import type { OrganizationSummary } from '@p2p/contracts'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { companyName, named } from '../../lib/reference.ts'
import { CompanyLogo } from '../../ui/picture.tsx'
import rows from '../../ui/row.module.css'
import { VerifiedMark } from './verified-mark.tsx'

export function OrganizationRow({ organization }: { organization: OrganizationSummary }) {
  const { t, i18n } = useTranslation()
  const { industry, city, size } = organization
  const name = companyName(organization, i18n.language)
  return (
    <li className={rows.rowWithState}>
      <CompanyLogo organization={{ ...organization, name }} />
      <div className={rows.main}>
        <h2 className={rows.title} dir="auto">
          <Link to={urls.organization} params={{ organization: organization.id }} className={rows.link}>
            {name}
          </Link>
        </h2>
        <p className={rows.metaAlone}>
          {organization.verified && <VerifiedMark />}
          {industry && <span>{named(industry, i18n.language)}</span>}
          {size && <span>{t(`organizations.sizes.${size}`)}</span>}
        </p>
      </div>
      <p className={rows.state}>
        {city && <span>{named(city, i18n.language)}</span>}
        <span className={rows.figure}>
          {t('directory.peopleCount', { count: organization.people_count })}
        </span>
      </p>
    </li>
  )
}
