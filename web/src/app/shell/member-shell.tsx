import { useQuery } from '@tanstack/react-query'
import { Link, Outlet } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { meQuery } from '../../features/identity/queries.ts'
import { MeProvider } from '../../lib/me.ts'
import { Logo } from '../../ui/logo.tsx'
import { urls } from '../urls.ts'
import { AccountMenu } from './account-menu.tsx'
import { BottomBar } from './bottom-bar.tsx'
import { LanguageChoice } from './language-choice.tsx'
import styles from './member-shell.module.css'
import { NotActive } from './not-active.tsx'
import { SideNav } from './side-nav.tsx'
import { ThemeChoice } from './theme-choice.tsx'

export function MemberShell() {
  const { t } = useTranslation()
  const { data: me } = useQuery(meQuery)
  // Signing out empties this before the way to the landing page is over.
  if (!me) return null

  const active = me.status === 'active' && me.organization?.status === 'active'
  return (
    <MeProvider value={me}>
      <div className={styles.shell}>
        <header className={styles.side}>
          <Link to={urls.forum} className={styles.home} aria-label={t('app.home')}>
            <Logo />
          </Link>
          {active && <SideNav />}
          <div className={styles.account}>
            <div className={styles.choices}>
              <LanguageChoice />
              <ThemeChoice />
            </div>
            <AccountMenu />
          </div>
        </header>
        <main id="main" tabIndex={-1} className={styles.main}>
          {active ? <Outlet /> : <NotActive />}
        </main>
        {active && <BottomBar />}
      </div>
    </MeProvider>
  )
}
