import type { Colleague, MemberFilter } from '@p2p/contracts'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMember } from '../../../lib/me.ts'
import { Page } from '../../../ui/page.tsx'
import { ActDialog } from './act-dialog.tsx'
import { ActOutcome } from './act-outcome.tsx'
import { useMemberAct } from './actions.ts'
import type { Act } from './acts.ts'
import { LeaveCompany } from './leave-company.tsx'
import { MembersFilter } from './members-filter.tsx'
import { MembersList } from './members-list.tsx'
import { useLiveMembers } from './use-live-members.ts'

type Props = {
  /** As the address says it. */
  filter: MemberFilter
  onFilter: (filter: MemberFilter) => void
}

export function MembersPage({ filter, onFilter }: Props) {
  const { t } = useTranslation()
  const { organization, role } = useMember()
  const act = useMemberAct()
  const [asked, setAsked] = useState<{ act: Act; member: Colleague } | null>(null)
  useLiveMembers()

  // Letting somebody in again harms nobody: it is done at once, and can be taken back.
  const ask = (what: Act, member: Colleague) =>
    what === 'reactivate' ? act.mutate({ act: what, member }) : setAsked({ act: what, member })

  return (
    <Page
      title={t('members.title')}
      lead={t(role === 'admin' ? 'members.leadAdmin' : 'members.lead', { name: organization.name })}
      wide
    >
      <MembersFilter filter={filter} onFilter={onFilter} />
      <ActOutcome act={act} />
      <MembersList filter={filter} onFilter={onFilter} onAct={ask} />
      <LeaveCompany />
      <ActDialog
        asked={asked}
        onCancel={() => setAsked(null)}
        onConfirm={(confirmed) => {
          setAsked(null)
          act.mutate(confirmed)
        }}
      />
    </Page>
  )
}
