import { Outlet, useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import styles from './root.module.css'
import { OfflineNotice } from './shell/offline-notice.tsx'

export function Root() {
  const { t } = useTranslation()
  useFocusOnNavigation()
  return (
    <>
      <a href="#main" className={styles.skip}>
        {t('app.skip')}
      </a>
      <OfflineNotice />
      <Outlet />
    </>
  )
}

/**
 * A new page begins at its heading, for the keyboard and for the ear; the browser does so only for real loads. Unless the
 * page has already begun elsewhere, as a topic does where one left off.
 */
function useFocusOnNavigation() {
  const router = useRouter()
  useEffect(() => {
    let before: Element | null = null
    const leaving = router.subscribe('onBeforeNavigate', () => {
      before = document.activeElement
    })
    const arriving = router.subscribe('onRendered', ({ fromLocation, pathChanged }) => {
      if (!fromLocation || !pathChanged) return
      const main = document.querySelector('main')
      const now = document.activeElement
      if (now !== before && now !== main && main?.contains(now)) return
      const start = main?.querySelector<HTMLElement>('h1') ?? main
      start?.focus({ preventScroll: true })
    })
    return () => {
      leaving()
      arriving()
    }
  }, [router])
}
