import type { Me } from '@p2p/contracts'
import { IconPlayerPause } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useWhyPaused, WhyPaused } from '../../features/administration/why-paused.tsx'
import { useMe } from '../../lib/me.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { urls } from '../urls.ts'

function reasonFor({ status, organization }: Me): 'person' | 'organization' | 'alone' {
  if (!organization) return 'alone'
  return status === 'active' ? 'organization' : 'person'
}

const titles = {
  person: 'app.notActive.title',
  organization: 'app.notActive.titleOrganization',
  alone: 'app.notActive.titleAlone',
} as const

/** For a person who is deactivated or removed, or whose organization is suspended: says which, and whom to ask. */
export function NotActive() {
  const { t } = useTranslation()
  const me = useMe()
  const reason = reasonFor(me)
  const title = t(titles[reason])
  const pause = useWhyPaused()
  return (
    <>
      <title>{`${title} · P2P Sandbox`}</title>
      <EmptyState
        icon={<IconPlayerPause size={24} stroke={1.5} />}
        title={title}
        level={1}
        action={
          <>
            <LinkButton to={urls.privacy} variant="subtle">
              {t('app.notActive.privacy')}
            </LinkButton>
            <LinkButton to={urls.security} variant="subtle">
              {t('app.notActive.security')}
            </LinkButton>
          </>
        }
      >
        {pause?.kind === 'deactivate_person'
          ? t('app.notActive.platform')
          : t(`app.notActive.${reason}`, { name: me.organization?.name })}
      </EmptyState>
      {pause && <WhyPaused pause={pause} />}
    </>
  )
}
