import { z } from 'zod'
import { type Act, actOf } from '../act.ts'
import { readJson } from '../body.ts'
import type { Query } from '../database.ts'
import { faults } from '../fault.ts'
import { mustBeBucketName, mustBeObjectName } from '../names.ts'
import type { Api, Parts } from '../parts.ts'
import { asUuid, findObject, lockObject } from './rows.ts'

const Body = z.object({
  bucketId: z.string(),
  sourceKey: z.string(),
  destinationBucket: z.string().optional(),
  destinationKey: z.string(),
})
type Move = { bucket: string; name: string; toBucket: string; toName: string }

/** Gives an object another name. Its bytes keep theirs, so that this is one statement. */
export const moveObject = (api: Api, { database }: Parts) =>
  api.post('/object/move', async (c) => {
    const { bucketId, sourceKey, destinationBucket, destinationKey } = await readJson(c, Body)
    const act = actOf(c, 'storage.object.move')
    mustBeBucketName(bucketId)
    mustBeObjectName(destinationKey)
    const move = {
      bucket: bucketId,
      name: sourceKey,
      toBucket: destinationBucket || bucketId,
      toName: destinationKey,
    }
    // The policies are asked of the row as it would be; what they do not see of it is then kept.
    await database.wouldAllow(act, async (query) => {
      await findObject(query, move.bucket, move.name)
      await rename(query, act, move)
    })
    if (move.bucket !== move.toBucket || move.name !== move.toName) {
      await database.asAdmin(act, async (query) => {
        await lockObject(query, move.toBucket, move.toName)
        await findObject(query, move.bucket, move.name, 'for update')
        await rename(query, act, move)
      })
    }
    return c.json({ message: 'Successfully moved' })
  })

async function rename(
  query: Query,
  { caller }: Act,
  { bucket, name, toBucket, toName }: Move,
): Promise<void> {
  const owner = caller.userId ?? undefined
  const rows = await query(
    `update storage.objects
     set name = $3, bucket_id = $4, owner = coalesce($5, owner), owner_id = coalesce($6, owner_id)
     where bucket_id = $1 and name = $2
     returning id`,
    [bucket, name, toName, toBucket, asUuid(owner), owner],
  )
  if (rows.length === 0) throw faults.noObject()
}
