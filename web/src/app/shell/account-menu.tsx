import { Menu, VisuallyHidden } from '@mantine/core'
import { IconAdjustments, IconLogout, IconShieldCheck, IconUser } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useSignOut } from '../../features/identity/actions.ts'
import { useMe } from '../../lib/me.ts'
import { Avatar, fullName } from '../../ui/person.tsx'
import { urls } from '../urls.ts'
import styles from './account-menu.module.css'

export function AccountMenu() {
  const { t } = useTranslation()
  const me = useMe()
  const navigate = useNavigate()
  const signOut = useSignOut()
  const leave = async () => {
    await signOut.mutateAsync()
    await navigate({ to: urls.landing })
  }
  return (
    <Menu position="top-start" width={220}>
      <Menu.Target>
        <button type="button" className={styles.button}>
          <VisuallyHidden>{t('app.account')}</VisuallyHidden>
          <Avatar person={me} size="sm" />
          <span className={styles.words}>
            <bdi className={styles.name}>{fullName(me)}</bdi>
            {me.organization && <bdi className={styles.place}>{me.organization.name}</bdi>}
          </span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconUser size={18} aria-hidden="true" />}
          onClick={() => void navigate({ to: urls.profile })}
        >
          {t('identity.profileTitle')}
        </Menu.Item>
        {me.platform_role && (
          <Menu.Item
            leftSection={<IconShieldCheck size={18} aria-hidden="true" />}
            onClick={() => void navigate({ to: urls.moderation })}
          >
            {t('moderation.title')}
          </Menu.Item>
        )}
        {me.platform_role === 'admin' && (
          <Menu.Item
            leftSection={<IconAdjustments size={18} aria-hidden="true" />}
            onClick={() => void navigate({ to: urls.adminOrganizations })}
          >
            {t('app.sections.admin')}
          </Menu.Item>
        )}
        <Menu.Item
          leftSection={<IconLogout size={18} aria-hidden="true" data-mirrored />}
          onClick={() => void leave()}
        >
          {t('identity.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
