import { z } from 'zod'
import { actOf, type Call } from '../act.ts'
import { readQuery, wholeNumber } from '../body.ts'
import { likePattern } from '../like.ts'
import type { Api, Parts } from '../parts.ts'
import { type BucketRow, bucketAnswer, bucketColumns } from './rows.ts'

const Options = z.object({
  limit: wholeNumber(1).optional(),
  offset: wholeNumber(0).optional(),
  sortColumn: z.enum(['id', 'name', 'created_at', 'updated_at']).optional(),
  sortOrder: z.enum(['asc', 'desc']).optional(),
  search: z.string().default(''),
})

export function listBuckets(api: Api, { database }: Parts) {
  const list = async (c: Call) => {
    const { limit, offset, sortColumn, sortOrder = 'asc', search } = readQuery(c, Options)
    const order = sortColumn ? `order by ${sortColumn} ${sortOrder}` : ''
    const rows = await database.asCaller(actOf(c, 'storage.bucket.list'), (query) =>
      query<BucketRow>(
        `select ${bucketColumns} from storage.buckets where name ilike $1 ${order} limit $2 offset $3`,
        [`%${likePattern(search)}%`, limit, offset],
      ),
    )
    return c.json(rows.map((row) => ({ ...bucketAnswer(row), type: row.type })))
  }
  for (const path of ['/bucket', '/bucket/']) api.get(path, list)
}
