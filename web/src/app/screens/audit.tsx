import { getRouteApi } from '@tanstack/react-router'
import { NotYours } from '../../features/administration/not-yours.tsx'
import { LogPage } from '../../features/audit/log-page.tsx'
import { useMember } from '../../lib/me.ts'

const log = getRouteApi('/member/company/company/log')

export function CompanyLogScreen() {
  const { role, organization } = useMember()
  const navigate = log.useNavigate()
  const search = log.useSearch()
  if (role !== 'admin') return <NotYours whose="company" />
  return (
    <LogPage
      organization={organization.id}
      search={search}
      onSearch={(next) => void navigate({ search: next, replace: true })}
    />
  )
}
