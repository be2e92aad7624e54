import { actOf, type Call } from '../act.ts'
import type { Api, Parts } from '../parts.ts'
import { anyName, namedIn } from './place.ts'
import { findPublic, findReadable } from './readable.ts'
import { metadataOf, type ObjectRow } from './rows.ts'
import { put } from './serve.ts'

/** What is known of an object, as JSON. */
export function objectInfo(api: Api, parts: Parts) {
  const known = (isOpen: boolean) => async (c: Call) => {
    const act = actOf(c, 'object.get_authenticated_info', { isOpen })
    return answer(await findReadable(parts, act, namedIn(c)))
  }
  api.get(`/object/info/public/:bucket/${anyName}`, async (c) =>
    answer(await findPublic(parts, actOf(c, 'storage.object.info_public', { isOpen: true }), namedIn(c))),
  )
  api.get(`/object/info/authenticated/:bucket/${anyName}`, known(false))
  api.get(`/object/info/:bucket/${anyName}`, known(true))
}

function answer(row: ObjectRow): Response {
  const { size, mimetype, cacheControl, eTag, lastModified } = metadataOf(row)
  const headers = new Headers()
  put(headers, 'etag', eTag)
  put(headers, 'cache-control', cacheControl)
  put(headers, 'last-modified', lastModified.toUTCString())
  const body = {
    id: row.id,
    name: row.name,
    version: row.version,
    bucket_id: row.bucket_id,
    size,
    content_type: mimetype,
    cache_control: cacheControl,
    etag: eTag,
    metadata: row.user_metadata,
    last_modified: row.updated_at,
    created_at: row.created_at,
  }
  return Response.json(body, { headers })
}
