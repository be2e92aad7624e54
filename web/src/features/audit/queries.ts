import { listAuditEvents } from '@p2p/client'
import type { AuditFilters } from '@p2p/contracts'
import { infiniteQueryOptions } from '@tanstack/react-query'
import { supabase } from '../../lib/supabase.ts'

/** Lines of one company's log, or of everybody's for `organization` null. */
export const auditQuery = (filters: AuditFilters) =>
  infiniteQueryOptions({
    queryKey: ['audit', filters],
    queryFn: ({ pageParam }) =>
      listAuditEvents(supabase, filters, { size: 50, ...(pageParam !== null && { after: pageParam }) }),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next,
    staleTime: 10_000,
  })
