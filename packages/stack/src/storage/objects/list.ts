import { z } from 'zod'
import { actOf } from '../act.ts'
import { readJson, wholeNumber } from '../body.ts'
import { likePattern } from '../like.ts'
import { mustBeBucketName } from '../names.ts'
import type { Api, Parts } from '../parts.ts'

const Body = z.object({
  prefix: z.string(),
  limit: wholeNumber(1).optional(),
  offset: wholeNumber(0).optional(),
  search: z.string().optional(),
  sortBy: z
    .object({
      column: z.enum(['name', 'updated_at', 'created_at', 'last_accessed_at']),
      order: z.enum(['asc', 'desc']).optional(),
    })
    .optional(),
})

/** What lies in one folder: objects by their names in it, and the folders below, which have no id. */
export const listObjects = (api: Api, { database }: Parts) =>
  api.post('/object/list/:bucket', async (c) => {
    const { prefix, limit, offset, search = '', sortBy } = await readJson(c, Body)
    const act = actOf(c, 'storage.object.list')
    const bucket = c.req.param('bucket')
    mustBeBucketName(bucket)
    const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`
    const column = sortBy?.column ?? 'name'
    // By name the function looks for the text itself, by time for a pattern.
    const plain = (text: string) => (column === 'name' ? text : likePattern(text))
    const rows = await database.asCaller(act, (query) =>
      query('select * from storage.search($1, $2, $3, $4, $5, $6, $7, $8)', [
        plain(folder),
        bucket,
        limit ?? 100,
        (plain(folder) + plain(search)).split('/').length,
        offset ?? 0,
        plain(search),
        column,
        sortBy?.order ?? 'asc',
      ]),
    )
    return c.json(rows)
  })
