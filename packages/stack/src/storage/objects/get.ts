import { z } from 'zod'
import { actOf, type Call } from '../act.ts'
import { readQuery } from '../body.ts'
import type { Api, Parts } from '../parts.ts'
import { anyName, namedIn } from './place.ts'
import { findReadable } from './readable.ts'
import { serve, serveHead } from './serve.ts'

export const Query = z.object({ download: z.string().optional() })

/** An object for whoever may see it. Without a token at all, that is what lies in a public bucket. */
export function getObject(api: Api, parts: Parts) {
  const get = (isOpen: boolean) => async (c: Call) => {
    const isHead = c.req.method === 'HEAD'
    const operation = isHead ? 'object.head_authenticated_info' : 'storage.object.get_authenticated'
    const act = actOf(c, operation, { isOpen })
    const named = namedIn(c)
    const find = () => findReadable(parts, act, named)
    if (isHead) return serveHead(c, await find())
    return serve(c, parts, find, { download: readQuery(c, Query).download })
  }
  api.get(`/object/authenticated/:bucket/${anyName}`, get(false))
  api.get(`/object/:bucket/${anyName}`, get(true))
}
