import { z } from 'zod'
import { actOf } from '../act.ts'
import { readJson, wholeNumber, yesOrNo } from '../body.ts'
import type { Query } from '../database.ts'
import { mustBeBucketName } from '../names.ts'
import type { Api, Parts } from '../parts.ts'
import { type Cursor, readCursor, writeCursor } from './cursor.ts'

const most = 1000
const Body = z
  .object({
    prefix: z.string().default(''),
    limit: wholeNumber(1).default(most),
    cursor: z.string().default(''),
    with_delimiter: yesOrNo.default(false),
    sortBy: z
      .object({
        column: z.enum(['name', 'updated_at', 'created_at']),
        order: z.enum(['asc', 'desc']).optional(),
      })
      .optional(),
  })
  .prefault({})
type Body = z.infer<typeof Body>
type Listed = { id: string | null; name: string; created_at: Date | null; updated_at: Date | null }

/** A page of a bucket's objects by their whole names; with_delimiter, of one folder. */
export const listObjectsV2 = (api: Api, { database }: Parts) =>
  api.post('/object/list-v2/:bucket', async (c) => {
    const body = await readJson(c, Body)
    const act = actOf(c, 'storage.object.list_v2')
    const bucket = c.req.param('bucket')
    mustBeBucketName(bucket)
    const limit = Math.min(body.limit, most)
    const cursor: Cursor = readCursor(body.cursor) ?? {
      after: '',
      order: body.sortBy?.order,
      column: body.sortBy?.column,
    }
    const list = body.with_delimiter ? listFolder : listAll
    // One more than is shown tells whether there are more.
    const rows = await database.asCaller(act, (query) => list(query, bucket, body, cursor, limit + 1))
    const shown = rows.slice(0, limit)
    const last = rows.length > limit ? shown.at(-1) : undefined
    return c.json({
      hasNext: last !== undefined,
      ...(last && { nextCursor: writeCursor(cursor, last), nextCursorKey: last.name }),
      folders: shown.filter(isFolder).map((row) => ({ ...row, name: `${row.name.replace(/\/$/, '')}/` })),
      objects: shown.filter((row) => !isFolder(row)),
    })
  })

const isFolder = ({ id }: Listed) => id === null

const listFolder = (query: Query, bucket: string, { prefix }: Body, cursor: Cursor, limit: number) =>
  query<Listed>('select * from storage.search_v2($1, $2, $3, $4, $5, $6, $7, $8)', [
    prefix,
    bucket,
    limit,
    prefix.split('/').length,
    cursor.after,
    cursor.order ?? 'asc',
    cursor.column ?? 'name',
    cursor.at ?? '',
  ])

function listAll(query: Query, bucket: string, { prefix }: Body, cursor: Cursor, limit: number) {
  const order = cursor.order ?? 'asc'
  const than = order === 'asc' ? '>' : '<'
  const time = cursor.column === 'created_at' || cursor.column === 'updated_at' ? cursor.column : undefined
  // A cursor's time has milliseconds, so rows are put in order by them too.
  const moment = `date_trunc('milliseconds', ${time})`
  const after = time
    ? `(${moment}, name collate "C") ${than} (coalesce(nullif($5, '')::timestamptz, 'epoch'), $4)`
    : `$5::text is not null and name collate "C" ${than} $4`
  return query<Listed>(
    `select id, name, metadata, updated_at, created_at, last_accessed_at
     from storage.objects
     where bucket_id = $1 and starts_with(name, $2) and ($4 = '' or ${after})
     order by ${time ? `${moment} ${order},` : ''} name collate "C" ${order}
     limit $3`,
    [bucket, prefix, limit, cursor.after, cursor.at ?? ''],
  )
}
