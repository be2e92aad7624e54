import { getRouteApi } from '@tanstack/react-router'
import { OrganizationPage } from '../../features/administration/organization-page.tsx'
import { OrganizationsPage } from '../../features/administration/organizations-page.tsx'
import { PeoplePage } from '../../features/administration/people-page.tsx'
import { PersonPage } from '../../features/administration/person-page.tsx'
import { LogPage } from '../../features/audit/log-page.tsx'

export { JobsPage as JobsScreen } from '../../features/administration/jobs-page.tsx'
export { RolesPage as RolesScreen } from '../../features/administration/roles-page.tsx'

const organizations = getRouteApi('/member/admin/admin/organizations')
const organization = getRouteApi('/member/admin/admin/organizations/$organization')
const people = getRouteApi('/member/admin/admin/people')
const person = getRouteApi('/member/admin/admin/people/$person')
const log = getRouteApi('/member/admin/admin/log')

export function OrganizationsScreen() {
  const navigate = organizations.useNavigate()
  return (
    <OrganizationsPage
      asked={organizations.useSearch()}
      onAsk={(search) => void navigate({ search, replace: true })}
    />
  )
}

export function OrganizationScreen() {
  const { organization: id } = organization.useParams()
  return <OrganizationPage key={id} id={id} />
}

export function PeopleScreen() {
  const navigate = people.useNavigate()
  return (
    <PeoplePage asked={people.useSearch()} onAsk={(search) => void navigate({ search, replace: true })} />
  )
}

export function PersonScreen() {
  const { person: id } = person.useParams()
  return <PersonPage key={id} id={id} />
}

export function PlatformLogScreen() {
  const navigate = log.useNavigate()
  return (
    <LogPage
      organization={null}
      search={log.useSearch()}
      onSearch={(search) => void navigate({ search, replace: true })}
    />
  )
}
