import { type AuditFilters, AuditPage } from '@p2p/contracts'
import { must } from './must.ts'
import type { Supabase } from './supabase.ts'

/** What was done and refused, newest first. `after` is the `next` of the page before. */
export async function listAuditEvents(
  supabase: Supabase,
  { organization, ...filters }: AuditFilters,
  page: { after?: number; size?: number } = {},
): Promise<AuditPage> {
  const asked = { ...(organization && { organization }), ...filters, ...page }
  return AuditPage.parse(must(await supabase.rpc('list_audit_events', asked)))
}
