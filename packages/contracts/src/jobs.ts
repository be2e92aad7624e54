import { removeUnverifiedSignups, sendWelcomeMail } from './identity.ts'
import type { Job } from './job.ts'
import { sweepRateLimits } from './platform.ts'

/** Every kind of background work. The worker makes a queue for each, and refuses to start without a handler for each. */
export const jobs: readonly Job[] = [sendWelcomeMail, removeUnverifiedSignups, sweepRateLimits]
