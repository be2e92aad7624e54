import { Outlet } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { SectionNav } from '../../ui/section-nav.tsx'
import { urls } from '../urls.ts'

/** What is one's own: profile, security, privacy. */
export function SettingsSection() {
  const { t } = useTranslation()
  const pages = [{ to: urls.profile, name: t('identity.profileTitle') }]
  return (
    <>
      <SectionNav label={t('app.sections.settings')} pages={pages} />
      <Outlet />
    </>
  )
}
