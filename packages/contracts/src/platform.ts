import { z } from 'zod'
import { job } from './job.ts'

/** Runs every hour: windows that are over limit nobody any more. */
export const sweepRateLimits = job(
  'platform.sweep-rate-limits',
  z.object({ requestId: z.string().nullish() }).nullish(),
  { schedule: '41 * * * *' },
)
