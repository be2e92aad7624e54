import type { AuditFilters } from '@p2p/contracts'
import { z } from 'zod'

const optional = <T extends z.ZodType>(type: T) => type.optional().catch(undefined)

/** What the address of the page says of what is wanted. Days are the reader's own, `2026-11-21`. */
export const LogSearch = z.object({
  action: optional(z.string().regex(/^[a-z_]+\.[a-z_]+$/)),
  outcome: optional(z.enum(['done', 'refused'])),
  actor: optional(z.uuid()),
  subject: optional(z.string().max(200)),
  organization: optional(z.uuid()),
  since: optional(z.iso.date()),
  until: optional(z.iso.date()),
})
export type LogSearch = z.infer<typeof LogSearch>

const startOfDay = (day: string, later = 0) => {
  const start = new Date(`${day}T00:00:00`)
  start.setDate(start.getDate() + later)
  return start.toISOString()
}

/** The same as the log is asked: the last day is part of the span. `organization` is the company whose log it is. */
export function asFilters(search: LogSearch, organization: string | null): AuditFilters {
  const { since, until, organization: chosen, ...rest } = search
  const given = Object.entries(rest).filter(([, value]) => value !== undefined)
  return {
    ...Object.fromEntries(given),
    ...(since && { since: startOfDay(since) }),
    ...(until && { until: startOfDay(until, 1) }),
    organization: organization ?? chosen ?? null,
  }
}
