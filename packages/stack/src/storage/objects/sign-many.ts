import { z } from 'zod'
import { actOf } from '../act.ts'
import { readJson, wholeNumber } from '../body.ts'
import { mustBeBucketName } from '../names.ts'
import type { Api, Parts } from '../parts.ts'
import { sign } from '../signature.ts'

const Body = z.object({ expiresIn: wholeNumber(1), paths: z.array(z.string()).min(1).max(1000) })

export const signObjects = (api: Api, { database, jwtSecret }: Parts) =>
  api.post('/object/sign/:bucket', async (c) => {
    const { expiresIn, paths } = await readJson(c, Body)
    const act = actOf(c, 'storage.object.sign_many')
    const bucket = c.req.param('bucket')
    mustBeBucketName(bucket)
    const rows = await database.asCaller(act, (query) =>
      query<{ name: string }>('select name from storage.objects where bucket_id = $1 and name = any($2)', [
        bucket,
        paths,
      ]),
    )
    const seen = new Set(rows.map(({ name }) => name))
    const signed = paths.map(async (path) => {
      if (!seen.has(path)) {
        const error = 'Either the object does not exist or you do not have access to it'
        return { error, path, signedURL: null }
      }
      const url = `${bucket}/${path}`
      const token = await sign({ url, scope: 'download' }, expiresIn, jwtSecret)
      return { error: null, path, signedURL: `/object/sign/${url}?token=${token}` }
    })
    return c.json(await Promise.all(signed))
  })
