import { job, onTheClock } from './job.ts'

/** Runs every hour: windows that are over limit nobody any more. */
export const sweepRateLimits = job('platform.sweep-rate-limits', onTheClock, { schedule: '41 * * * *' })
