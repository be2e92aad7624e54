import {
  type OrganizationFilters,
  OrganizationList,
  OrganizationPage,
  type OrganizationSort,
  type PeopleFilters,
  PeopleList,
} from '@p2p/contracts'
import { must } from './must.ts'
import type { Supabase } from './supabase.ts'

/** People by name; with a query, those whose names, jobs or expertise answer, best first. `after`: the `next` before. */
export async function listPeople(
  supabase: Supabase,
  page: { query?: string; filters?: PeopleFilters; after?: string; size?: number } = {},
): Promise<PeopleList> {
  return PeopleList.parse(must(await supabase.rpc('list_people', page)))
}

/** Companies, sorted; with a query, those whose names answer, best first. `after`: the `next` of the page before. */
export async function listOrganizations(
  supabase: Supabase,
  page: {
    query?: string
    filters?: OrganizationFilters
    sort?: OrganizationSort
    after?: string
    size?: number
  } = {},
): Promise<OrganizationList> {
  return OrganizationList.parse(must(await supabase.rpc('list_organizations', page)))
}

/** A company's page. Codes: `not_found`. */
export async function readOrganization(supabase: Supabase, organization: string): Promise<OrganizationPage> {
  return OrganizationPage.parse(must(await supabase.rpc('organization_page', { organization })))
}
