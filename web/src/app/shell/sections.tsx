import { Outlet } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { NotYours } from '../../features/administration/not-yours.tsx'
import { SecondFactorFirst } from '../../features/administration/second-factor-first.tsx'
import { useMe } from '../../lib/me.ts'
import { SectionNav } from '../../ui/section-nav.tsx'
import { urls } from '../urls.ts'

/** What is one's own: profile, security, privacy. */
export function SettingsSection() {
  const { t } = useTranslation()
  const pages = [
    { to: urls.profile, name: t('identity.profileTitle') },
    { to: urls.security, name: t('security.title') },
    { to: urls.notificationSettings, name: t('notifications.settingsShort') },
    { to: urls.standing, name: t('moderation.standingShort') },
    { to: urls.privacy, name: t('privacy.title') },
  ]
  return (
    <>
      <SectionNav label={t('app.sections.settings')} pages={pages} />
      <Outlet />
    </>
  )
}

/** What is one's company's: its numbers, its people. */
export function CompanySection() {
  const { t } = useTranslation()
  const me = useMe()
  const pages = [
    { to: urls.company, name: t('overview.title') },
    { to: urls.members, name: t('members.title') },
    ...(me.role === 'admin' ? [{ to: urls.invitations, name: t('invitations.title') }] : []),
    ...(me.role === 'admin' ? [{ to: urls.companyProfile, name: t('organizations.profileTitle') }] : []),
    ...(me.role === 'admin' ? [{ to: urls.companyLog, name: t('audit.title') }] : []),
  ]
  return (
    <>
      <SectionNav label={t('app.sections.organization')} pages={pages} />
      <Outlet />
    </>
  )
}

/** What is the whole place's, for platform admins. Their second factor comes first. */
export function AdminSection() {
  const { t } = useTranslation()
  const me = useMe()
  if (me.platform_role !== 'admin') return <NotYours whose="platform" />
  if (me.second_factor !== 'confirmed') return <SecondFactorFirst />
  const pages = [
    { to: urls.adminOrganizations, name: t('administration.organizations') },
    { to: urls.adminPeople, name: t('administration.people') },
    { to: urls.adminRoles, name: t('administration.rolesTitle') },
    { to: urls.adminCategories, name: t('keeping.categories') },
    { to: urls.adminTags, name: t('keeping.tags') },
    { to: urls.adminJobs, name: t('administration.jobsTitle') },
    { to: urls.adminLog, name: t('audit.title') },
  ]
  return (
    <>
      <SectionNav label={t('app.sections.admin')} pages={pages} />
      <Outlet />
    </>
  )
}

/** What is the moderators'; of platform admins, who are moderators too, the second factor comes first. */
export function ModerationSection() {
  const { t } = useTranslation()
  const me = useMe()
  if (me.platform_role === null) return <NotYours whose="platform" />
  if (me.platform_role === 'admin' && me.second_factor !== 'confirmed') return <SecondFactorFirst />
  const pages = [
    { to: urls.moderation, name: t('moderation.title') },
    { to: urls.watchedWords, name: t('moderation.words') },
    { to: urls.postingRules, name: t('moderation.rules') },
  ]
  return (
    <>
      {me.platform_role === 'admin' && <SectionNav label={t('moderation.title')} pages={pages} />}
      <Outlet />
    </>
  )
}
