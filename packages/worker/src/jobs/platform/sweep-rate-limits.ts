import { sweepRateLimits } from '@p2p/contracts'
import type { Deps } from '../../deps.ts'
import { handle } from '../../handle.ts'

// No limit of ours looks back further than a day; what is older by two can't be asked for again.
const sweep = `delete from private.rate_limits where window_start < now() - interval '2 days'`

/** Takes away windows that are over. Runs twice without harm. */
export const sweepRateLimitsHandler = ({ db }: Deps) =>
  handle(sweepRateLimits, async (_, { log }) => {
    const { rowCount } = await db.query(sweep)
    log.info({ removed: rowCount }, 'limits that are over are removed')
  })
