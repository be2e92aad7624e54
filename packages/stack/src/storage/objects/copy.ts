import { z } from 'zod'
import { actOf } from '../act.ts'
import { readJson, yesOrNo } from '../body.ts'
import { mustBeBucketName, mustBeObjectName } from '../names.ts'
import type { Api, Parts } from '../parts.ts'
import { decodeMetadata } from './incoming.ts'
import { findObject, objectAnswer } from './rows.ts'
import { commit, mayUpload } from './upload.ts'

const Body = z.object({
  bucketId: z.string(),
  sourceKey: z.string(),
  destinationBucket: z.string().optional(),
  destinationKey: z.string(),
  copyMetadata: yesOrNo.default(true),
  metadata: z.object({ cacheControl: z.string().optional(), mimetype: z.string().optional() }).optional(),
})

export const copyObject = (api: Api, parts: Parts) =>
  api.post('/object/copy', async (c) => {
    const { bucketId, sourceKey, destinationBucket, destinationKey, ...body } = await readJson(c, Body)
    const act = actOf(c, 'storage.object.copy')
    mustBeBucketName(bucketId)
    mustBeObjectName(destinationKey)
    const bucket = destinationBucket || bucketId
    const source = await parts.database.asCaller(act, (query) => findObject(query, bucketId, sourceKey))
    // Other values alone; what is not named stays as it was.
    const metadata = { ...source.metadata, ...(body.copyMetadata ? {} : body.metadata) }
    const userMetadata = body.copyMetadata
      ? (source.user_metadata ?? undefined)
      : decodeMetadata(c.req.header('x-metadata'))
    const place = {
      bucket,
      name: destinationKey,
      owner: act.caller.userId ?? undefined,
      isUpsert: c.req.header('x-upsert') === 'true',
    }
    await mayUpload(parts, act, place, metadata, userMetadata)
    const version = await parts.files.copy(source.version ?? '')
    const lastModified = new Date().toISOString()
    const row = await commit(
      parts,
      act,
      place,
      { version },
      { metadata: { ...metadata, lastModified }, userMetadata },
    )
    return c.json({ Id: row.id, Key: `${bucket}/${destinationKey}`, ...objectAnswer(row) })
  })
