import { IconLayoutGrid, IconMessages } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urls } from '../urls.ts'
import styles from './navigation.module.css'

export function SideNav() {
  const { t } = useTranslation()
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
      </ul>
    </nav>
  )
}
