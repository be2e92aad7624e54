import { sweepInvitations } from '@p2p/contracts'
import type { Deps } from '../../deps.ts'
import { handle } from '../../handle.ts'

// What came of them stays in the company's log, by ids alone; for 90 days a dead link can still say why it is dead.
const sweeps = [
  `delete from public.invitations
   where coalesce(accepted_at, revoked_at, expires_at) < now() - interval '90 days'`,
  `delete from public.join_requests where decided_at < now() - interval '90 days'`,
]

/** Forgets the addresses of invitations that are over, and of people whom a company answered. Runs twice without harm. */
export const sweepInvitationsHandler = ({ db }: Deps) =>
  handle(sweepInvitations, async (_, { log }) => {
    let removed = 0
    for (const sweep of sweeps) removed += (await db.query(sweep)).rowCount ?? 0
    log.info({ removed }, 'invitations and questions that are long over are removed')
  })
