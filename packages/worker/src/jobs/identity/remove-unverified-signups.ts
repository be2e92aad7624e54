import { removeUnverifiedSignups } from '@p2p/contracts'
import type { Deps } from '../../deps.ts'
import { handle } from '../../handle.ts'

// Bounds a transaction, so that the sweep after an attack does not hold locks for minutes.
const batch = 200

/*
 * In SQL and not through Auth's admin API, which deletes whoever it is told to: between our look and its deletion a
 * person could follow the link and lose an account that is verified by then. Here the row is locked and looked at
 * again, so one of the two comes first. What hangs on the row (profile, membership, the company never confirmed, and
 * in Auth identities and tokens) goes by the database's own cascades. Invited people are not signups: they are left.
 */
const sweep = `
  delete from auth.users
  where id in (
    select id from auth.users
    where email_confirmed_at is null and phone_confirmed_at is null
      and invited_at is null and not is_anonymous and not is_sso_user
      and created_at < now() - interval '24 hours'
    order by created_at
    limit ${batch}
    for update skip locked)`

/** Frees what was claimed by an address nobody confirmed. Runs twice without harm: the second finds less. */
export const removeUnverifiedSignupsHandler = ({ db }: Deps) =>
  handle(removeUnverifiedSignups, async (_, { log, signal }) => {
    let removed = 0
    for (let more = true; more && !signal.aborted; ) {
      const { rowCount } = await db.query(sweep)
      removed += rowCount ?? 0
      more = rowCount === batch
    }
    log.info({ removed }, 'signups that were never verified are removed')
  })
