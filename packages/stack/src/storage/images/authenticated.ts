import { actOf } from '../act.ts'
import { readQuery } from '../body.ts'
import { Query as Download } from '../objects/get.ts'
import { anyName, namedIn } from '../objects/place.ts'
import { findObject } from '../objects/rows.ts'
import type { Api, Parts } from '../parts.ts'
import { serveImage } from './serve.ts'
import { Transformation } from './transformation.ts'

export const renderForCaller = (api: Api, parts: Parts) =>
  api.get(`/render/image/authenticated/:bucket/${anyName}`, async (c) => {
    const asked = readQuery(c, Transformation)
    const { download } = readQuery(c, Download)
    const act = actOf(c, 'storage.render.image_authenticated')
    const { bucket, name } = namedIn(c)
    const find = () => parts.database.asCaller(act, (query) => findObject(query, bucket, name))
    return serveImage(c, parts, find, asked, { download })
  })
