import { z } from 'zod'
import { actOf, type Call } from '../act.ts'
import { readJson } from '../body.ts'
import { faults, StorageFault } from '../fault.ts'
import { mustBeNewBucketName } from '../names.ts'
import { asUuid } from '../objects/rows.ts'
import type { Api, Parts } from '../parts.ts'
import { columnsOf, Limits } from './limits.ts'

const Body = Limits.extend({
  name: z.string(),
  id: z.string().optional(),
  type: z.enum(['STANDARD', 'ANALYTICS']).optional(),
})

export function createBucket(api: Api, { database, sizeLimit }: Parts) {
  const create = async (c: Call) => {
    const body = await readJson(c, Body)
    const act = actOf(c, 'storage.bucket.create')
    mustBeNewBucketName(body.name)
    if (body.type === 'ANALYTICS') {
      const what =
        'The feature Iceberg buckets are not enabled for this tenant is not enabled for this resource'
      throw new StorageFault(409, 'FeatureNotEnabled', what)
    }
    const columns = columnsOf(body, sizeLimit)
    const owner = act.caller.userId ?? undefined
    await database
      .asCaller(act, (query) =>
        query(
          `insert into storage.buckets (id, name, owner, owner_id, public, file_size_limit, allowed_mime_types, type)
           values ($1, $2, $3, $4, $5, $6, $7, 'STANDARD')`,
          [
            body.id || body.name,
            body.name,
            asUuid(owner),
            owner,
            columns.public ?? false,
            columns.file_size_limit,
            columns.allowed_mime_types,
          ],
        ),
      )
      .catch((error) => {
        throw error.code === 'ResourceAlreadyExists' ? faults.exists('BucketAlreadyExists') : error
      })
    return c.json({ name: body.name })
  }
  for (const path of ['/bucket', '/bucket/']) api.post(path, create)
}
