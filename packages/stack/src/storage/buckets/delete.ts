import { actOf } from '../act.ts'
import { faults, StorageFault } from '../fault.ts'
import type { Api, Parts } from '../parts.ts'
import { findBucket } from './rows.ts'

export const deleteBucket = (api: Api, { database }: Parts) =>
  api.delete('/bucket/:bucket', async (c) => {
    const id = c.req.param('bucket')
    await database.asCaller(actOf(c, 'storage.bucket.delete'), async (query, asAdmin) => {
      await asAdmin(async () => {
        await findBucket(query, id, 'for update')
        const left = await query('select from storage.objects where bucket_id = $1 limit 1', [id])
        if (left.length > 0) {
          throw new StorageFault(409, 'ResourceNotEmpty', 'The bucket you tried to delete is not empty')
        }
      })
      const gone = await query('delete from storage.buckets where id = $1 returning id', [id])
      if (gone.length === 0) throw faults.noBucket()
    })
    return c.json({ message: 'Successfully deleted' })
  })
