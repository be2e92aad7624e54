import {
  IconBuildingFactory2,
  IconLayoutGrid,
  IconMailOpened,
  IconMessages,
  IconPencilPlus,
  IconUsers,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { UnreadBadge } from '../../features/forum/lists/unread-badge.tsx'
import { urls } from '../urls.ts'
import styles from './navigation.module.css'

/** The navigation of a phone, where a thumb reaches it. One's own pages are in the menu above. */
export function BottomBar() {
  const { t } = useTranslation()
  const places = [
    { to: urls.forum, Icon: IconLayoutGrid, name: t('forum.title') },
    { to: urls.topics, Icon: IconMessages, name: t('app.topicsShort') },
    { to: urls.unread, Icon: IconMailOpened, name: t('app.unreadShort'), badge: <UnreadBadge over /> },
    { to: urls.newTopic, Icon: IconPencilPlus, name: t('app.newShort') },
    { to: urls.company, Icon: IconBuildingFactory2, name: t('app.companyShort') },
    { to: urls.people, Icon: IconUsers, name: t('directory.people') },
  ]
  return (
    <nav aria-label={t('app.navigation')} className={styles.bottom}>
      {places.map(({ to, Icon, name, badge }) => (
        <Link key={to} to={to} activeOptions={{ exact: true }} className={styles.place}>
          <Icon size={22} stroke={1.5} aria-hidden="true" />
          {name}
          {badge}
        </Link>
      ))}
    </nav>
  )
}
