import { z } from 'zod'
import { actOf } from '../act.ts'
import { readQuery } from '../body.ts'
import type { Api, Parts } from '../parts.ts'
import { verify } from '../signature.ts'
import { anyName, namedIn } from './place.ts'
import { upload } from './upload.ts'

const Query = z.object({ token: z.string() })

export const uploadSigned = (api: Api, parts: Parts) =>
  api.put(`/object/upload/sign/:bucket/${anyName}`, async (c) => {
    const { token } = readQuery(c, Query)
    const act = actOf(c, 'storage.object.upload_signed', { isOpen: true })
    const { bucket, name } = namedIn(c, { isNew: true })
    const { owner, upsert = false } = await verify(token, `${bucket}/${name}`, 'upload', parts.jwtSecret)
    await upload(parts, act, { bucket, name, owner, isUpsert: upsert }, c.req.raw, true)
    return c.json({ Key: `${bucket}/${name}` })
  })
