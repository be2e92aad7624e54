import { actOf } from '../act.ts'
import { readQuery } from '../body.ts'
import { Query } from '../objects/get-signed.ts'
import { anyName, namedIn } from '../objects/place.ts'
import { findSigned } from '../objects/readable.ts'
import type { Api, Parts } from '../parts.ts'
import { verify } from '../signature.ts'
import { serveImage } from './serve.ts'
import { readTransformation } from './transformation.ts'

export const renderSigned = (api: Api, parts: Parts) =>
  api.get(`/render/image/sign/:bucket/${anyName}`, async (c) => {
    const { token, download } = readQuery(c, Query)
    const act = actOf(c, 'storage.render.image_sign', { isOpen: true })
    const named = namedIn(c)
    const path = `${named.bucket}/${named.name}`
    const { exp, transformations = '' } = await verify(token, path, 'download', parts.jwtSecret)
    const manner = { download, expires: new Date(exp * 1000) }
    return serveImage(
      c,
      parts,
      () => findSigned(parts, act, named),
      readTransformation(transformations),
      manner,
    )
  })
