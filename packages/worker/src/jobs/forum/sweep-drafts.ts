import { sweepDrafts } from '@p2p/contracts'
import type { Deps } from '../../deps.ts'
import { handle } from '../../handle.ts'

const sweep = `delete from public.drafts where updated_at < now() - interval '90 days'`

/** Forgets what nobody went on writing. Runs twice without harm. */
export const sweepDraftsHandler = ({ db }: Deps) =>
  handle(sweepDrafts, async (_, { log }) => {
    const { rowCount } = await db.query(sweep)
    log.info({ removed: rowCount }, 'drafts that nobody went on writing are removed')
  })
