import { buildExport, sweepExports } from '@p2p/contracts'
import { z } from 'zod'
import type { Deps } from '../../deps.ts'
import { handle } from '../../handle.ts'
import { removeObjects } from './objects.ts'

const Expired = z.array(z.object({ id: z.uuid(), path: z.string() }))

/** Removes copies whose time is over, and gives up those that no job works on any more. Runs twice without harm. */
export const sweepExportsHandler = ({ db, supabase }: Deps) =>
  handle(sweepExports, async (_, { log }) => {
    const { rows } = await db.query(
      `select id, user_id || '/' || id || '.zip' as path from private.data_exports
       where state = 'ready' and expires_at <= now() order by expires_at limit 1000`,
    )
    const expired = Expired.parse(rows)
    // The file first: a row that still says "ready" is found again at the next round.
    await removeObjects(
      supabase,
      expired.map(({ path }) => ({ bucket: 'exports', path })),
    )
    await db.query(`update private.data_exports set state = 'expired' where id = any ($1)`, [
      expired.map(({ id }) => id),
    ])

    const { rowCount } = await db.query(
      `update private.data_exports set state = 'failed'
       where state in ('waiting', 'building') and not exists (
         select from pgboss.job
         where name = $1 and data ->> 'exportId' = data_exports.id::text and state in ('created', 'retry', 'active'))`,
      [buildExport.name],
    )
    log.info({ expired: expired.length, failed: rowCount }, 'copies of personal data are swept')
  })
