import { z } from 'zod'
import { actOf } from '../act.ts'
import { readJson, wholeNumber } from '../body.ts'
import { Transformation, writeTransformation } from '../images/transformation.ts'
import type { Api, Parts } from '../parts.ts'
import { sign } from '../signature.ts'
import { anyName, namedIn } from './place.ts'
import { findObject } from './rows.ts'

const Body = z.object({ expiresIn: wholeNumber(1), transform: Transformation.optional() })

/** A link that lets whoever has it read one object for a while, as an image of that size where it says so. */
export const signObject = (api: Api, { database, jwtSecret }: Parts) =>
  api.post(`/object/sign/:bucket/${anyName}`, async (c) => {
    const { expiresIn, transform } = await readJson(c, Body)
    const act = actOf(c, 'storage.object.sign')
    const { bucket, name } = namedIn(c)
    await database.asCaller(act, (query) => findObject(query, bucket, name))
    const url = `${bucket}/${name}`
    const transformations = transform ? writeTransformation(transform) : ''
    const token = await sign(
      { url, scope: 'download', ...(transformations && { transformations }) },
      expiresIn,
      jwtSecret,
    )
    const door = transformations ? 'render/image' : 'object'
    return c.json({ signedURL: `/${door}/sign/${url}?token=${token}` })
  })
