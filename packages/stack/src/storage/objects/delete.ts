import { actOf } from '../act.ts'
import { faults } from '../fault.ts'
import type { Api, Parts } from '../parts.ts'
import { anyName, namedIn } from './place.ts'
import { findObject } from './rows.ts'

export const deleteObject = (api: Api, { database, files }: Parts) =>
  api.delete(`/object/:bucket/${anyName}`, async (c) => {
    const { bucket, name } = namedIn(c, { isNew: true })
    const act = actOf(c, 'storage.object.delete')
    const { version } = await database.asCaller(act, async (query, asAdmin) => {
      const row = await asAdmin(() => findObject(query, bucket, name, 'for update'))
      const gone = await query(
        'delete from storage.objects where name = $1 and bucket_id = $2 returning id',
        [name, bucket],
      )
      if (gone.length === 0) throw faults.denied('Access denied')
      return row
    })
    await files.remove([version ?? ''])
    return c.json({ message: 'Successfully deleted' })
  })
