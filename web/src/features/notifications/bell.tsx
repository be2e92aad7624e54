import { useMediaQuery } from '@mantine/hooks'
import { IconBell } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { formatNumber } from '../../lib/format.ts'
import { useMe } from '../../lib/me.ts'
import { markTitle } from '../../lib/title-mark.ts'
import styles from './bell.module.css'
import { BellPopover } from './bell-popover.tsx'
import { unreadQuery } from './queries.ts'
import { useLiveNotifications } from './use-live-notifications.ts'

/** The server counts no further. */
const most = 99

/**
 * The way to what one was told, with how much of it is unread: here, and before the title in the browser's tab. The
 * latest open beside it; a phone, which they would fill, goes to the page of all.
 */
export function Bell() {
  const { t, i18n } = useTranslation()
  const me = useMe()
  const { data: unread = 0 } = useQuery(unreadQuery)
  useLiveNotifications(me.id)
  const hasRoom = useMediaQuery('(width >= 48em)', true, { getInitialValueInEffect: false })
  const shown = formatNumber(Math.min(unread, most), i18n.language) + (unread > most ? '+' : '')
  useEffect(() => {
    markTitle(unread > 0 ? `(${shown}) ` : '')
    return () => markTitle('')
  }, [unread, shown])

  const name =
    unread > 0 ? t('notifications.bell', { count: unread, number: shown }) : t('notifications.title')
  const face = (
    <>
      <IconBell size={20} stroke={1.5} aria-hidden="true" />
      {unread > 0 && (
        <span className={styles.count} aria-hidden="true">
          {shown}
        </span>
      )}
    </>
  )
  if (hasRoom) return <BellPopover name={name}>{face}</BellPopover>
  return (
    <Link to={urls.notifications} className={styles.bell} aria-label={name}>
      {face}
    </Link>
  )
}
