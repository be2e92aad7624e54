import { actOf } from '../act.ts'
import type { Api, Parts } from '../parts.ts'
import { bucketAnswer, findBucket } from './rows.ts'

export const getBucket = (api: Api, { database }: Parts) =>
  api.get('/bucket/:bucket', async (c) => {
    const act = actOf(c, 'storage.bucket.get')
    const row = await database.asCaller(act, (query) => findBucket(query, c.req.param('bucket')))
    return c.json(bucketAnswer(row))
  })
