import {
  IconAdjustments,
  IconBuildingFactory2,
  IconBuildings,
  IconLayoutGrid,
  IconMessages,
  IconUsers,
} from '@tabler/icons-react'
import { Link, useLocation } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useMe } from '../../lib/me.ts'
import { urls } from '../urls.ts'
import styles from './navigation.module.css'

export function SideNav() {
  const { t } = useTranslation()
  const me = useMe()
  const onPlatform = useLocation({ select: ({ pathname }) => pathname.startsWith('/admin/') })
  return (
    <nav aria-label={t('app.navigation')} className={styles.side}>
      <ul>
        <li>
          <Link to={urls.forum} activeOptions={{ exact: true }} className={styles.link}>
            <IconLayoutGrid size={20} stroke={1.5} aria-hidden="true" />
            {t('forum.title')}
          </Link>
        </li>
        <li>
          <Link to={urls.topics} activeOptions={{ exact: true }} className={styles.link}>
            <IconMessages size={20} stroke={1.5} aria-hidden="true" />
            {t('forum.allTopics')}
          </Link>
        </li>
        <li>
          <Link
            to={urls.people}
            activeOptions={{ exact: true, includeSearch: false }}
            className={styles.link}
          >
            <IconUsers size={20} stroke={1.5} aria-hidden="true" />
            {t('directory.people')}
          </Link>
        </li>
        <li>
          <Link
            to={urls.organizations}
            activeOptions={{ exact: true, includeSearch: false }}
            className={styles.link}
          >
            <IconBuildings size={20} stroke={1.5} aria-hidden="true" />
            {t('directory.organizations')}
          </Link>
        </li>
        <li>
          <Link to={urls.company} className={styles.link}>
            <IconBuildingFactory2 size={20} stroke={1.5} aria-hidden="true" />
            {t('app.sections.organization')}
          </Link>
        </li>
        {me.platform_role === 'admin' && (
          <li>
            <Link
              to={urls.adminOrganizations}
              className={styles.link}
              {...(onPlatform && { 'aria-current': 'page' })}
            >
              <IconAdjustments size={20} stroke={1.5} aria-hidden="true" />
              {t('app.sections.admin')}
            </Link>
          </li>
        )}
      </ul>
    </nav>
  )
}
