import { actOf } from '../act.ts'
import type { Api, Parts } from '../parts.ts'
import { anyName, namedIn } from './place.ts'
import { upload } from './upload.ts'

/** Replaces an object; hosted makes one where there is none. */
export const updateObject = (api: Api, parts: Parts) =>
  api.put(`/object/:bucket/${anyName}`, async (c) => {
    const act = actOf(c, 'storage.object.upload_update')
    const owner = act.caller.userId ?? undefined
    const place = { ...namedIn(c, { isNew: true }), owner, isUpsert: true }
    const { id } = await upload(parts, act, place, c.req.raw)
    return c.json({ Id: id, Key: `${place.bucket}/${place.name}` })
  })
