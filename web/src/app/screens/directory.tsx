import { getRouteApi } from '@tanstack/react-router'
import { useCallback } from 'react'
import { OrganizationPage } from '../../features/directory/organization-page.tsx'
import { OrganizationsPage } from '../../features/directory/organizations-page.tsx'
import { PeoplePage } from '../../features/directory/people-page.tsx'
import { PersonPage } from '../../features/directory/person-page.tsx'
import type { OrganizationsAsked, PeopleAsked } from '../../features/directory/queries.ts'

const people = getRouteApi('/member/people')
const person = getRouteApi('/member/people/$person')
const organizations = getRouteApi('/member/organizations')
const organization = getRouteApi('/member/organizations/$organization')

// Each change of what is asked takes the place of the last one: going back leaves the list.
const inPlace = { replace: true, resetScroll: false } as const

export function PeopleScreen() {
  const asked = people.useSearch()
  const navigate = people.useNavigate()
  const ask = useCallback((search: PeopleAsked) => void navigate({ search, ...inPlace }), [navigate])
  return <PeoplePage asked={asked} onAsk={ask} />
}

export function PersonScreen() {
  const { person: id } = person.useParams()
  return <PersonPage key={id} id={id} />
}

export function OrganizationsScreen() {
  const asked = organizations.useSearch()
  const navigate = organizations.useNavigate()
  const ask = useCallback((search: OrganizationsAsked) => void navigate({ search, ...inPlace }), [navigate])
  return <OrganizationsPage asked={asked} onAsk={ask} />
}

export function OrganizationScreen() {
  const { organization: id } = organization.useParams()
  return <OrganizationPage key={id} id={id} />
}
