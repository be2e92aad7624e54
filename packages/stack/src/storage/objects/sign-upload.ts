import { actOf } from '../act.ts'
import type { Api, Parts } from '../parts.ts'
import { sign } from '../signature.ts'
import { decodeMetadata } from './incoming.ts'
import { anyName, namedIn } from './place.ts'
import { mayUpload } from './upload.ts'

/** Two hours. */
const lifetime = 7200

/** A link that lets whoever has it put one object there, in the name of who asked for it. */
export const signUpload = (api: Api, parts: Parts) =>
  api.post(`/object/upload/sign/:bucket/${anyName}`, async (c) => {
    const act = actOf(c, 'storage.object.sign_upload_url')
    const { bucket, name } = namedIn(c)
    const owner = act.caller.userId ?? undefined
    const isUpsert = c.req.header('x-upsert') === 'true'
    const length = Number(c.req.header('content-length') ?? Number.NaN)
    const said = {
      mimetype: c.req.header('content-type'),
      ...(Number.isFinite(length) && { contentLength: length }),
    }
    const userMetadata = decodeMetadata(c.req.header('x-metadata'))
    await mayUpload(parts, act, { bucket, name, owner, isUpsert }, said, userMetadata)
    const url = `${bucket}/${name}`
    const token = await sign(
      { ...(owner && { owner }), url, upsert: isUpsert, scope: 'upload' },
      lifetime,
      parts.jwtSecret,
    )
    return c.json({ url: `/object/upload/sign/${url}?token=${token}`, token })
  })
