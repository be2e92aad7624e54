import { actOf } from '../act.ts'
import { readJson } from '../body.ts'
import { faults } from '../fault.ts'
import { mustBeBucketName } from '../names.ts'
import type { Api, Parts } from '../parts.ts'
import { columnsOf, Limits } from './limits.ts'

export const updateBucket = (api: Api, { database, sizeLimit }: Parts) =>
  api.put('/bucket/:bucket', async (c) => {
    const body = await readJson(c, Limits)
    if (Object.keys(body).length === 0) throw faults.unfit("body must have required property 'public'")
    const act = actOf(c, 'storage.bucket.update')
    const id = c.req.param('bucket')
    mustBeBucketName(id)
    const changes = Object.entries(columnsOf(body, sizeLimit)).filter(([, value]) => value !== undefined)
    const set = changes.map(([column], index) => `${column} = $${index + 2}`).join(', ')
    const rows = await database.asCaller(act, (query) =>
      query(`update storage.buckets set ${set} where id = $1 returning id`, [
        id,
        ...changes.map(([, value]) => value),
      ]),
    )
    if (rows.length === 0) throw faults.noBucket()
    return c.json({ message: 'Successfully updated' })
  })
