import { removeObjects } from '@p2p/contracts'
import type { Deps } from '../../deps.ts'
import { handle } from '../../handle.ts'
import { removeObjectsOf } from '../../media/objects.ts'

/** Storage's rows are removed through its API alone, or their bytes would stay. Runs twice without harm. */
export const removeObjectsHandler = ({ supabase }: Deps) =>
  handle(removeObjects, async ({ bucket, file }, { log }) => {
    const removed = await removeObjectsOf(supabase, bucket, file)
    log.info({ bucket, file_id: file, removed }, 'objects removed')
  })
