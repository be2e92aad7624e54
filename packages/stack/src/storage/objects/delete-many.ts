import { z } from 'zod'
import { actOf } from '../act.ts'
import { readJson } from '../body.ts'
import { faults } from '../fault.ts'
import { mustBeBucketName } from '../names.ts'
import type { Api, Parts } from '../parts.ts'
import { type ObjectRow, objectAnswer } from './rows.ts'

const most = 1000
const Body = z.object({ prefixes: z.array(z.string()).min(1) })

/** Deletes what the caller may of what is named, and answers with that. */
export const deleteObjects = (api: Api, { database, files }: Parts) =>
  api.delete('/object/:bucket', async (c) => {
    const { prefixes } = await readJson(c, Body)
    const act = actOf(c, 'storage.object.delete_many')
    const bucket = c.req.param('bucket')
    if (prefixes.length > most)
      throw faults.invalid(`Bulk object requests are limited to ${most} objects per request.`)
    mustBeBucketName(bucket)
    const rows = await database.asCaller(act, (query) =>
      query<ObjectRow>('delete from storage.objects where bucket_id = $1 and name = any($2) returning *', [
        bucket,
        prefixes,
      ]),
    )
    await files.remove(rows.map(({ version }) => version ?? ''))
    return c.json(rows.map(objectAnswer))
  })
