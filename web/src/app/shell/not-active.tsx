import type { Me } from '@p2p/contracts'
import { IconPlayerPause } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useMe } from '../../lib/me.ts'
import { EmptyState } from '../../ui/empty-state.tsx'

function reasonFor({ status, organization }: Me): 'person' | 'organization' | 'alone' {
  if (!organization) return 'alone'
  return status === 'active' ? 'organization' : 'person'
}

/** For a person who is deactivated or removed, or whose organization is suspended: says which, and whom to ask. */
export function NotActive() {
  const { t } = useTranslation()
  const me = useMe()
  const reason = reasonFor(me)
  return (
    <>
      <title>{`${t('app.notActive.title')} · P2P Sandbox`}</title>
      <EmptyState
        icon={<IconPlayerPause size={24} stroke={1.5} />}
        title={t('app.notActive.title')}
        level={1}
      >
        {t(`app.notActive.${reason}`, { name: me.organization?.name })}
      </EmptyState>
    </>
  )
}
