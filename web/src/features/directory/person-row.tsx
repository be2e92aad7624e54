import type { PersonSummary } from '@p2p/contracts'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { companyName, named } from '../../lib/reference.ts'
import { Avatar, fullName, Tags } from '../../ui/person.tsx'
import rows from '../../ui/row.module.css'

type Props = {
  person: PersonSummary
  /** Left out on the company's own page. */
  showCompany?: boolean
  level?: 2 | 3
}

export function PersonRow({ person, showCompany = true, level = 2 }: Props) {
  const Title = `h${level}` as const
  const { t, i18n } = useTranslation()
  const { city, organization } = person
  return (
    <li className={rows.rowWithState}>
      <Avatar person={person} />
      <div className={rows.main}>
        <Title className={rows.title} dir="auto">
          <Link to={urls.person} params={{ person: person.id }} className={rows.link}>
            {fullName(person)}
          </Link>
        </Title>
        <p className={rows.metaAlone}>
          {person.job_title && <bdi className={rows.first}>{person.job_title}</bdi>}
          {showCompany && <bdi>{companyName(organization, i18n.language)}</bdi>}
        </p>
        {person.expertise.length > 0 && (
          <Tags label={t('directory.expertise')} tags={person.expertise.slice(0, 5)} />
        )}
      </div>
      {showCompany && city && <p className={rows.state}>{named(city, i18n.language)}</p>}
    </li>
  )
}
