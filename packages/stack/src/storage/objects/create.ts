import { actOf } from '../act.ts'
import type { Api, Parts } from '../parts.ts'
import { anyName, namedIn } from './place.ts'
import { upload } from './upload.ts'

export const createObject = (api: Api, parts: Parts) =>
  api.post(`/object/:bucket/${anyName}`, async (c) => {
    const act = actOf(c, 'storage.object.upload')
    const owner = act.caller.userId ?? undefined
    const place = { ...namedIn(c, { isNew: true }), owner, isUpsert: c.req.header('x-upsert') === 'true' }
    const { id } = await upload(parts, act, place, c.req.raw)
    return c.json({ Id: id, Key: `${place.bucket}/${place.name}` })
  })
