import { getRouteApi } from '@tanstack/react-router'
import { UnsubscribePage } from '../../features/notifications/unsubscribe-page.tsx'

export { NotificationsPage as NotificationsScreen } from '../../features/notifications/notifications-page.tsx'
export { NotificationSettingsPage as NotificationSettingsScreen } from '../../features/notifications/settings-page.tsx'

const unsubscribe = getRouteApi('/visitor/unsubscribe')

export function UnsubscribeScreen() {
  const { token } = unsubscribe.useSearch()
  return <UnsubscribePage token={token ?? ''} />
}
