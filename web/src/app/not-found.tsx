import { IconMapSearch } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../ui/empty-state.tsx'
import { LinkButton } from '../ui/link-button.tsx'
import { urls } from './urls.ts'

export function NotFound() {
  const { t } = useTranslation()
  return (
    <main id="main" tabIndex={-1}>
      <title>{`${t('app.notFound')} · P2P Sandbox`}</title>
      <EmptyState
        icon={<IconMapSearch size={24} stroke={1.5} />}
        title={t('app.notFound')}
        level={1}
        action={<LinkButton to={urls.landing}>{t('app.toStart')}</LinkButton>}
      >
        {t('app.notFoundHelp')}
      </EmptyState>
    </main>
  )
}
