import { IconShieldLock } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { LinkButton } from '../../ui/link-button.tsx'

/** For a platform admin who came in with a password alone: where to go, and why. */
export function SecondFactorFirst() {
  const { t } = useTranslation()
  return (
    <>
      <title>{`${t('administration.factorFirst')} · P2P Sandbox`}</title>
      <EmptyState
        icon={<IconShieldLock size={24} stroke={1.5} />}
        title={t('administration.factorFirst')}
        level={1}
        action={<LinkButton to={urls.security}>{t('administration.toSecurity')}</LinkButton>}
      >
        {t('administration.factorFirstLead')}
      </EmptyState>
    </>
  )
}
