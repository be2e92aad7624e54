import { useQuery } from '@tanstack/react-query'
import { Link, Outlet } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { meQuery } from '../../features/identity/queries.ts'
import { LinkButton } from '../../ui/link-button.tsx'
import { Logo } from '../../ui/logo.tsx'
import { urls } from '../urls.ts'
import { LanguageChoice } from './language-choice.tsx'
import { ThemeChoice } from './theme-choice.tsx'
import styles from './visitor-shell.module.css'

export function VisitorShell() {
  const { t } = useTranslation()
  const { data: me } = useQuery(meQuery)
  return (
    <div className={styles.shell}>
      <header className={styles.header}>
        <Link to={urls.landing} className={styles.home} aria-label={t('app.home')}>
          <Logo />
        </Link>
        <div className={styles.choices}>
          <LanguageChoice />
          <ThemeChoice />
          {!me && (
            <LinkButton to={urls.signIn} variant="default" size="sm" className={styles.signIn}>
              {t('identity.signIn')}
            </LinkButton>
          )}
        </div>
      </header>
      <main id="main" tabIndex={-1} className={styles.main}>
        <Outlet />
      </main>
      <footer className={styles.footer}>
        <Link to={urls.legal} params={{ document: 'terms' }}>
          {t('privacy.kinds.terms')}
        </Link>
        <Link to={urls.legal} params={{ document: 'privacy' }}>
          {t('privacy.kinds.privacy')}
        </Link>
      </footer>
    </div>
  )
}
