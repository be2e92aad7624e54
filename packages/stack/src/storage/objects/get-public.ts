import { actOf } from '../act.ts'
import { readQuery } from '../body.ts'
import type { Api, Parts } from '../parts.ts'
import { Query } from './get.ts'
import { anyName, namedIn } from './place.ts'
import { findPublic } from './readable.ts'
import { serve, serveHead } from './serve.ts'

export const getPublicObject = (api: Api, parts: Parts) =>
  api.get(`/object/public/:bucket/${anyName}`, async (c) => {
    const isHead = c.req.method === 'HEAD'
    const operation = isHead ? 'storage.object.info_public' : 'storage.object.get_public'
    const act = actOf(c, operation, { isOpen: true })
    const named = namedIn(c)
    const find = () => findPublic(parts, act, named)
    if (isHead) return serveHead(c, await find())
    return serve(c, parts, find, { download: readQuery(c, Query).download })
  })
