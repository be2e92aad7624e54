import { IconPlayerPause } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useMe } from '../../lib/me.ts'
import { EmptyState } from '../../ui/empty-state.tsx'

/** For a person who is deactivated, or whose organization is suspended: says which, and whom to ask. */
export function NotActive() {
  const { t } = useTranslation()
  const me = useMe()
  const reason = me.status === 'active' ? 'organization' : 'person'
  return (
    <>
      <title>{`${t('app.notActive.title')} · P2P Sandbox`}</title>
      <EmptyState
        icon={<IconPlayerPause size={24} stroke={1.5} />}
        title={t('app.notActive.title')}
        level={1}
      >
        {t(`app.notActive.${reason}`, { name: me.organization.name })}
      </EmptyState>
    </>
  )
}
