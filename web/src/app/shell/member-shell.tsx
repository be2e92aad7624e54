import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useLocation } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { meQuery } from '../../features/identity/queries.ts'
import { Bell } from '../../features/notifications/bell.tsx'
import { ConsentGate } from '../../features/privacy/consent-gate.tsx'
import { ErasureBanner } from '../../features/privacy/erasure-banner.tsx'
import { privacyQuery } from '../../features/privacy/queries.ts'
import { showTimesIn } from '../../lib/format.ts'
import { MeProvider } from '../../lib/me.ts'
import { Logo } from '../../ui/logo.tsx'
import { urls } from '../urls.ts'
import { AccountMenu } from './account-menu.tsx'
import { BottomBar } from './bottom-bar.tsx'
import { LanguageChoice } from './language-choice.tsx'
import styles from './member-shell.module.css'
import { NotActive } from './not-active.tsx'
import { SearchLink } from './search-link.tsx'
import { SideNav } from './side-nav.tsx'
import { ThemeChoice } from './theme-choice.tsx'
import { useSeen } from './use-seen.ts'

const ownPages: string[] = [urls.privacy, urls.security]

export function MemberShell() {
  const { t } = useTranslation()
  const { data: me } = useQuery(meQuery)
  const { data: privacy } = useQuery(privacyQuery)
  // One's data and one's account are one's own, whatever one's place here: those pages are always open.
  const isOwn = useLocation({ select: ({ pathname }) => ownPages.includes(pathname) })
  const isAboutPrivacy = useLocation({ select: ({ pathname }) => pathname === urls.privacy })
  // Before anything below names a time.
  showTimesIn(me?.time_zone)
  useSeen(me?.status === 'active' && me.organization?.status === 'active')
  // Signing out empties this before the way to the landing page is over.
  if (!me) return null

  const active = me.status === 'active' && me.organization?.status === 'active'
  const due = privacy?.documents.filter(({ accepted_at }) => !accepted_at) ?? []
  const isOpen = active && due.length === 0
  return (
    <MeProvider value={me}>
      <div className={styles.shell}>
        <header className={styles.side}>
          <Link to={urls.forum} className={styles.home} aria-label={t('app.home')}>
            <Logo />
          </Link>
          {isOpen && <SideNav />}
          <div className={styles.account}>
            <div className={styles.choices}>
              {isOpen && <Bell />}
              {isOpen && <SearchLink />}
              <LanguageChoice />
              <ThemeChoice />
            </div>
            <AccountMenu />
          </div>
        </header>
        <main id="main" tabIndex={-1} className={styles.main}>
          {privacy?.erasure && !isAboutPrivacy && <ErasureBanner erasure={privacy.erasure} />}
          {isOpen || isOwn ? <Outlet /> : active ? <ConsentGate due={due} /> : <NotActive />}
        </main>
        {isOpen && <BottomBar />}
      </div>
    </MeProvider>
  )
}
