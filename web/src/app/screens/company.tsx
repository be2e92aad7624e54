import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { MembersPage } from '../../features/organizations/members/members-page.tsx'
import { readFilter } from '../../features/organizations/members/read-filter.ts'
import { urls } from '../urls.ts'

export { OverviewPage as OverviewScreen } from '../../features/organizations/overview-page.tsx'

const members = getRouteApi('/member/company/company/members')

export function MembersScreen() {
  const filter = readFilter(members.useSearch())
  const navigate = useNavigate()
  return (
    <MembersPage
      filter={filter}
      onFilter={(search) => void navigate({ to: urls.members, search, replace: true, resetScroll: false })}
    />
  )
}
