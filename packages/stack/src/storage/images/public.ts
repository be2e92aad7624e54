import { actOf } from '../act.ts'
import { readQuery } from '../body.ts'
import { Query as Download } from '../objects/get.ts'
import { anyName, namedIn } from '../objects/place.ts'
import { findPublic } from '../objects/readable.ts'
import type { Api, Parts } from '../parts.ts'
import { serveImage } from './serve.ts'
import { Transformation } from './transformation.ts'

export const renderForAnybody = (api: Api, parts: Parts) =>
  api.get(`/render/image/public/:bucket/${anyName}`, async (c) => {
    const asked = readQuery(c, Transformation)
    const { download } = readQuery(c, Download)
    const act = actOf(c, 'storage.render.image_public', { isOpen: true })
    const named = namedIn(c)
    return serveImage(c, parts, () => findPublic(parts, act, named), asked, { download })
  })
