import type { OrganizationStatistics } from '@p2p/contracts'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { formatBytes, formatNumber } from '../../lib/format.ts'
import styles from './overview.module.css'
import { Figure, Group } from './overview-parts.tsx'

type PeopleProps = { people: OrganizationStatistics['people']; isAdmin: boolean }

/** Admins see besides who is out at present, and can go to them. */
export function PeopleFigures({ people, isAdmin }: PeopleProps) {
  const { t } = useTranslation()
  return (
    <Group title={t('overview.people')}>
      <dl className={styles.figures}>
        <Figure value={people.admins + people.members}>
          <Link to={urls.members} search={isAdmin ? { status: 'active' } : {}}>
            {t('overview.active')}
          </Link>
        </Figure>
        <Figure value={people.admins}>
          <Link to={urls.members} search={{ role: 'admin' }}>
            {t('overview.admins')}
          </Link>
        </Figure>
        <Figure value={people.active_7_days} help={t('overview.sevenDaysHelp')}>
          {isAdmin ? (
            <Link to={urls.members} search={{ sort: 'last_seen' }}>
              {t('overview.sevenDays')}
            </Link>
          ) : (
            t('overview.sevenDays')
          )}
        </Figure>
        <Figure value={people.active_30_days}>{t('overview.thirtyDays')}</Figure>
        {isAdmin && (
          <>
            <Figure value={people.deactivated}>
              <Link to={urls.members} search={{ status: 'deactivated' }}>
                {t('overview.deactivated')}
              </Link>
            </Figure>
            <Figure value={people.pending}>
              <Link to={urls.members} search={{ status: 'pending' }}>
                {t('overview.pending')}
              </Link>
            </Figure>
          </>
        )}
      </dl>
    </Group>
  )
}

export function ContributionFigures({ statistics }: { statistics: OrganizationStatistics }) {
  const { t } = useTranslation()
  return (
    <Group title={t('overview.contributions')}>
      <dl className={styles.figures}>
        <Figure value={statistics.topics}>
          <Link to={urls.topics}>{t('overview.topics')}</Link>
        </Figure>
        <Figure value={statistics.posts} help={t('overview.postsHelp')}>
          {t('overview.posts')}
        </Figure>
        <Figure value={statistics.use_cases}>{t('overview.useCases')}</Figure>
      </dl>
    </Group>
  )
}

const purposes = ['avatar', 'logo'] as const
const isNamed = (purpose: string): purpose is (typeof purposes)[number] =>
  (purposes as readonly string[]).includes(purpose)

/** Bytes by what they are for, with their sum. */
export function StorageFigures({ storage }: { storage: OrganizationStatistics['storage'] }) {
  const { t, i18n } = useTranslation()
  const rows = Object.entries(storage).toSorted(([, one], [, other]) => other.bytes - one.bytes)
  const bytes = rows.reduce((sum, [, each]) => sum + each.bytes, 0)
  const files = rows.reduce((sum, [, each]) => sum + each.files, 0)
  return (
    <Group title={t('overview.storage')}>
      {rows.length === 0 ? (
        <p className={styles.none}>{t('overview.noFiles')}</p>
      ) : (
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t('overview.purpose')}</th>
              <th scope="col">{t('overview.files')}</th>
              <th scope="col">{t('overview.size')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([purpose, each]) => (
              <tr key={purpose}>
                <th scope="row">{t(`overview.purposes.${isNamed(purpose) ? purpose : 'other'}`)}</th>
                <td>{formatNumber(each.files, i18n.language)}</td>
                <td>{formatBytes(each.bytes, i18n.language)}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{t('overview.total')}</th>
              <td>{formatNumber(files, i18n.language)}</td>
              <td>{formatBytes(bytes, i18n.language)}</td>
            </tr>
          </tfoot>
        </table>
      )}
    </Group>
  )
}
