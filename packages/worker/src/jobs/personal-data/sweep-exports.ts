import { buildExport, sweepExports } from '@p2p/contracts'
import { z } from 'zod'
import type { Deps } from '../../deps.ts'
import { handle } from '../../handle.ts'
import { sweepExportFolders } from './export-folder.ts'
import { removeObjects } from './objects.ts'

const Found = z.array(z.object({ bucket: z.string(), path: z.string() }))

/**
 * Removes copies whose time is over or that are nobody's, and what was left of unfinished ones; gives up those that no
 * job works on any more. Runs twice without harm.
 */
export const sweepExportsHandler = ({ db, supabase }: Deps) =>
  handle(sweepExports, async (_, { log }) => {
    // Whoever was erased while their copy was sent has no row of it any more.
    const { rows } = await db.query(
      `select bucket_id as bucket, name as path from storage.objects
       where bucket_id = 'exports' and not exists (
         select from private.data_exports
         where user_id || '/' || id || '.zip' = name
           and (state in ('waiting', 'building') or state = 'ready' and expires_at > now()))
       order by name limit 1000`,
    )
    const over = Found.parse(rows)
    await removeObjects(supabase, over)
    await db.query(
      `update private.data_exports set state = 'expired' where state = 'ready' and expires_at <= now()`,
    )

    const { rowCount } = await db.query(
      `update private.data_exports set state = 'failed'
       where state in ('waiting', 'building') and not exists (
         select from pgboss.job
         where name = $1 and data ->> 'exportId' = data_exports.id::text and state in ('created', 'retry', 'active'))`,
      [buildExport.name],
    )
    const folders = await sweepExportFolders()
    log.info({ removed: over.length, failed: rowCount, folders }, 'copies of personal data are swept')
  })
