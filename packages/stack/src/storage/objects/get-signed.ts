import { z } from 'zod'
import { actOf } from '../act.ts'
import { readQuery } from '../body.ts'
import type { Api, Parts } from '../parts.ts'
import { verify } from '../signature.ts'
import { anyName, namedIn } from './place.ts'
import { findSigned } from './readable.ts'
import { serve } from './serve.ts'

export const Query = z.object({ token: z.string(), download: z.string().optional() })

export const getSignedObject = (api: Api, parts: Parts) =>
  api.get(`/object/sign/:bucket/${anyName}`, async (c) => {
    const { token, download } = readQuery(c, Query)
    const act = actOf(c, 'storage.object.get_signed', { isOpen: true })
    const named = namedIn(c)
    const { exp } = await verify(token, `${named.bucket}/${named.name}`, 'download', parts.jwtSecret)
    const expires = new Date(exp * 1000)
    return serve(c, parts, () => findSigned(parts, act, named), { download, expires })
  })
