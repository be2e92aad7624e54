import { sweepNotifications } from '@p2p/contracts'
import type { Deps } from '../../deps.ts'
import { handle } from '../../handle.ts'

// A digest's mail is kept as long as its hour could come up again; a link works for as long as somebody keeps a mail.
const sweeps = [
  `delete from public.notifications where read_at < now() - interval '180 days'`,
  `delete from private.notification_mails where closed_at < now() - interval '30 days'`,
  `delete from private.unsubscribe_tokens where made_at < now() - interval '1 year'`,
]

/** Forgets what was read half a year ago, mails that are out, and links of old mails. Runs twice without harm. */
export const sweepNotificationsHandler = ({ db }: Deps) =>
  handle(sweepNotifications, async (_, { log }) => {
    let removed = 0
    for (const sweep of sweeps) removed += (await db.query(sweep)).rowCount ?? 0
    log.info({ removed }, 'old notices, mails and links are removed')
  })
