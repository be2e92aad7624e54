import { z } from 'zod'

export const auditOutcomes = ['done', 'refused'] as const

/** A person as a line names them. */
const Named = z.object({
  id: z.uuid(),
  first_name: z.string(),
  last_name: z.string(),
  first_name_ar: z.string().nullable(),
  last_name_ar: z.string().nullable(),
})
export type Named = z.infer<typeof Named>

/** What changed, as ids and states; never a name, an address or another's words. */
const Change = z.record(z.string(), z.unknown()).nullable()

/** A line of the audit log, with the names of today. */
export const AuditEvent = z.object({
  id: z.number(),
  happened_at: z.string(),
  /** `<feature>.<act>`. */
  action: z.string(),
  outcome: z.enum(auditOutcomes),
  /** Why it was refused; null for what was done. */
  code: z.string().nullable(),
  /** Null where nobody did it: the platform itself. */
  actor_id: z.uuid().nullable(),
  /** Null also once that person's account is gone. */
  actor: Named.nullable(),
  organization_id: z.uuid().nullable(),
  /** Its name. */
  organization: z.string().nullable(),
  subject_kind: z.string().nullable(),
  subject_id: z.string().nullable(),
  /** The person or the company it was done to, where it was one and is still here. */
  subject: z.union([Named, z.object({ id: z.uuid(), name: z.string() })]).nullable(),
  before: Change,
  after: Change,
  request_id: z.string().nullable(),
  /** Where it came from; null where the reader may not know, or it was erased. */
  origin: z.object({ ip: z.string().nullable(), user_agent: z.string().nullable() }).nullable(),
})
export type AuditEvent = z.infer<typeof AuditEvent>

/** `next` is the cursor of the following page, null on the last one. */
export const AuditPage = z.object({ events: z.array(AuditEvent), next: z.number().nullable() })
export type AuditPage = z.infer<typeof AuditPage>

/** What of the log is wanted; what is left out is not asked for. Times are ISO 8601, `until` is not part of the span. */
export type AuditFilters = {
  /** Null is everybody's log, for platform admins. */
  organization: string | null
  action?: string
  actor?: string
  subject?: string
  outcome?: (typeof auditOutcomes)[number]
  since?: string
  until?: string
}
