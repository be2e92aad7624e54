import { IconLock } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useMember } from '../../lib/me.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Page } from '../../ui/page.tsx'
import { InvitationList } from './invitation-list.tsx'
import { InviteForm } from './invite-form.tsx'
import { JoinRequests } from './join-requests.tsx'
import type { InvitationFilter } from './queries.ts'
import { useLiveInvitations } from './use-live-invitations.ts'

type Props = {
  /** As the address says it. */
  filter: InvitationFilter
  onFilter: (filter: InvitationFilter) => void
}

export function InvitationsPage({ filter, onFilter }: Props) {
  const { t } = useTranslation()
  const { organization, role } = useMember()
  if (role !== 'admin') {
    return (
      <EmptyState icon={<IconLock size={24} stroke={1.5} />} title={t('invitations.adminsOnly')} level={1}>
        {t('invitations.adminsOnlyHelp')}
      </EmptyState>
    )
  }
  return (
    <Page title={t('invitations.title')} lead={t('invitations.lead', { name: organization.name })}>
      <LiveLists />
      <JoinRequests />
      <InviteForm />
      <InvitationList filter={filter} onFilter={onFilter} />
    </Page>
  )
}

function LiveLists() {
  useLiveInvitations()
  return null
}
