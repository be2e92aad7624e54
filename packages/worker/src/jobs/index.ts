import type { Deps } from '../deps.ts'
import type { Handler } from '../handle.ts'
import { removeUnverifiedSignupsHandler } from './identity/remove-unverified-signups.ts'
import { sendWelcomeMailHandler } from './identity/send-welcome-mail.ts'
import { sweepRateLimitsHandler } from './platform/sweep-rate-limits.ts'

/** Everything the worker can do: one line a job. */
export const handlers = (deps: Deps): Handler[] => [
  removeUnverifiedSignupsHandler(deps),
  sendWelcomeMailHandler(deps),
  sweepRateLimitsHandler(deps),
]
