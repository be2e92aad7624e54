import {
  IconAdjustments,
  IconBuildingFactory2,
  IconBuildings,
  IconLayoutGrid,
  IconMailOpened,
  IconMessages,
  IconPencil,
  IconSearch,
  IconShieldCheck,
  IconUsers,
} from '@tabler/icons-react'
import { Link, useLocation } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { UnreadBadge } from '../../features/forum/lists/unread-badge.tsx'
import { useLiveUnread } from '../../features/forum/lists/use-live-unread.ts'
import { useMe } from '../../lib/me.ts'
import { urls } from '../urls.ts'
import styles from './navigation.module.css'

export function SideNav() {
  const { t } = useTranslation()
  const me = useMe()
  // For the bar of a phone too.
  useLiveUnread()
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
          <Link
            to={urls.topics}
            activeOptions={{ exact: true, includeSearch: false }}
            className={styles.link}
          >
            <IconMessages size={20} stroke={1.5} aria-hidden="true" />
            {t('forum.allTopics')}
          </Link>
        </li>
        <li>
          <Link to={urls.unread} activeOptions={{ exact: true }} className={styles.link}>
            <IconMailOpened size={20} stroke={1.5} aria-hidden="true" />
            {t('lists.unread')}
            <UnreadBadge />
          </Link>
        </li>
        <li>
          <Link to={urls.drafts} activeOptions={{ exact: true }} className={styles.link}>
            <IconPencil size={20} stroke={1.5} aria-hidden="true" />
            {t('drafts.title')}
          </Link>
        </li>
        <li>
          <Link
            to={urls.search}
            activeOptions={{ exact: true, includeSearch: false }}
            className={styles.link}
          >
            <IconSearch size={20} stroke={1.5} aria-hidden="true" />
            {t('search.title')}
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
        {me.platform_role && (
          <li>
            <Link to={urls.moderation} className={styles.link}>
              <IconShieldCheck size={20} stroke={1.5} aria-hidden="true" />
              {t('moderation.title')}
            </Link>
          </li>
        )}
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
