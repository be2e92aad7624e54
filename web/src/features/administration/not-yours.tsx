import { IconLock } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { LinkButton } from '../../ui/link-button.tsx'

/** For who has found the address of a page that is not for them. */
export function NotYours({ whose }: { whose: 'platform' | 'company' }) {
  const { t } = useTranslation()
  return (
    <>
      <title>{`${t(`administration.notYours.${whose}`)} · P2P Sandbox`}</title>
      <EmptyState
        icon={<IconLock size={24} stroke={1.5} />}
        title={t(`administration.notYours.${whose}`)}
        level={1}
        action={<LinkButton to={urls.forum}>{t('app.toStart')}</LinkButton>}
      >
        {t('errors.not_allowed')}
      </EmptyState>
    </>
  )
}
