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

/** A new page begins at its heading, for the keyboard and for the ear; the browser does so only for real loads. */
function useFocusOnNavigation() {
  const router = useRouter()
  useEffect(
    () =>
      router.subscribe('onRendered', ({ fromLocation, pathChanged }) => {
        if (!fromLocation || !pathChanged) return
        const start = document.querySelector<HTMLElement>('main h1') ?? document.querySelector('main')
        start?.focus({ preventScroll: true })
      }),
    [router],
  )
}
