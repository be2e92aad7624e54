import { adminActOf } from '../act.ts'
import type { Api, Parts } from '../parts.ts'
import { findBucket } from './rows.ts'

/** Hosted does this later where there is much to delete, and says so; here it is done when it is answered. */
export const emptyBucket = (api: Api, { database, files }: Parts) =>
  api.post('/bucket/:bucket/empty', async (c) => {
    const act = adminActOf(c, 'storage.bucket.empty')
    const rows = await database.asAdmin(act, async (query) => {
      const { id } = await findBucket(query, c.req.param('bucket'))
      return query<{ version: string | null }>(
        'delete from storage.objects where bucket_id = $1 returning version',
        [id],
      )
    })
    await files.remove(rows.map(({ version }) => version ?? ''))
    return c.json({ message: 'Empty bucket has been queued. Completion may take up to an hour.' })
  })
