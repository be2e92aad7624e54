import { z } from 'zod'

const count = z.int().nonnegative()

/** What an organization amounts to at this moment. Days are those of Riyadh; "in 7 days" is today and the six before. */
export const OrganizationStatistics = z.object({
  organization_id: z.uuid(),
  people: z.object({
    /** Active ones, by role. */
    admins: count,
    members: count,
    deactivated: count,
    pending: count,
    active_7_days: count,
    active_30_days: count,
  }),
  topics: count,
  /** All that its people wrote: what opened a topic and what answered. */
  posts: count,
  use_cases: count,
  /** By what the files are for: `avatar`, `logo` and their like. */
  storage: z.record(z.string(), z.object({ bytes: count, files: count })),
})
export type OrganizationStatistics = z.infer<typeof OrganizationStatistics>
