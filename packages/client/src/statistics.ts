import { OrganizationStatistics } from '@p2p/contracts'
import { must } from './must.ts'
import type { Supabase } from './supabase.ts'

/** Of the caller's organization; of any for platform admins. Code: `not_found`. */
export async function readStatistics(
  supabase: Supabase,
  organization?: string,
): Promise<OrganizationStatistics> {
  return OrganizationStatistics.parse(
    must(await supabase.rpc('organization_statistics', organization ? { organization } : {})),
  )
}
