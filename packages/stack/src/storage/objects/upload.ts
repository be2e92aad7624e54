import type { Act } from '../act.ts'
import { type BucketRow, findBucket } from '../buckets/rows.ts'
import { faults, StorageFault } from '../fault.ts'
import type { Written } from '../files.ts'
import { isEmptyFolder, mustBeObjectName } from '../names.ts'
import type { Parts } from '../parts.ts'
import { type Incoming, openIncoming } from './incoming.ts'
import {
  findObject,
  insertObject,
  lockObject,
  type ObjectEntry,
  type ObjectRow,
  upsertObject,
} from './rows.ts'

export type Place = { bucket: string; name: string; owner: string | undefined; isUpsert: boolean }

/** Asks the policies whether an object may be put there; hosted asks them with version 1 and what is known beforehand. */
export function mayUpload(
  { database }: Parts,
  act: Act,
  place: Place,
  said: { mimetype?: string | undefined; contentLength?: number | undefined },
  userMetadata: Record<string, unknown> | undefined,
): Promise<void> {
  const entry: ObjectEntry = { ...place, version: '1', metadata: said, userMetadata }
  return database.wouldAllow(act, (query) =>
    place.isUpsert ? upsertObject(query, entry) : insertObject(query, entry),
  )
}

/** Takes in what a request brings. The policies are asked first, unless a signed link has settled it. */
export async function upload(
  parts: Parts,
  act: Act,
  place: Place,
  request: Request,
  isSigned = false,
): Promise<ObjectRow> {
  const { database, files } = parts
  const bucket = await database.asAdmin(act, (query) => findBucket(query, place.bucket))
  const incoming = await openIncoming(request)
  try {
    const most = mostOf(bucket, place.name, parts.sizeLimit)
    mustFit(bucket, place.name, incoming)
    const isForm = request.headers.get('content-type')?.startsWith('multipart/form-data')
    if (!isForm && (incoming.contentLength ?? 0) > most) throw faults.tooLarge()
    mustBeObjectName(place.name)
    const { mimetype, contentLength, userMetadata } = incoming
    if (isSigned) await mustBeFree(parts, act, place)
    else await mayUpload(parts, act, place, { mimetype, contentLength }, userMetadata)
    const written = await files.write(incoming.body, most)
    return await commit(parts, act, place, written, {
      metadata: describe(written, incoming),
      userMetadata: { ...userMetadata },
    })
  } catch (error) {
    incoming.letGo()
    throw error
  }
}

export const mostOf = (bucket: BucketRow, name: string, sizeLimit: number): number =>
  isEmptyFolder(name) ? 0 : Math.min(Number(bucket.file_size_limit ?? sizeLimit), sizeLimit)

function mustFit({ allowed_mime_types }: BucketRow, name: string, { mimetype }: Incoming): void {
  if (allowed_mime_types?.length && !isEmptyFolder(name)) mustBeAllowed(mimetype, allowed_mime_types)
}

/** A bucket names kinds whole or as `image/*`. */
export function mustBeAllowed(mimetype: string, allowed: string[]): void {
  const [type, kind] = mimetype.split('/')
  const fits = allowed.some((one) => {
    const [allowedType, allowedKind] = one.split('/')
    return allowedType === type && (allowedKind === '*' || allowedKind === kind)
  })
  if (kind === undefined || !fits) throw faults.invalidMimeType(mimetype)
}

/** A signed link may be used again only where it says so. */
const mustBeFree = ({ database }: Parts, act: Act, { bucket, name, isUpsert }: Place) =>
  database.asAdmin(act, async (query) => {
    if (isUpsert) return
    const rows = await query('select from storage.objects where bucket_id = $1 and name = $2', [bucket, name])
    if (rows.length > 0) throw faults.exists('KeyAlreadyExists')
  })

/** The keys that hosted keeps of an object's bytes. */
export const describe = (
  written: Written,
  said: { mimetype: string; cacheControl: string; xRobotsTag?: string | undefined },
) => ({
  eTag: written.eTag,
  size: written.size,
  mimetype: said.mimetype,
  cacheControl: said.cacheControl,
  lastModified: written.lastModified,
  contentLength: written.size,
  httpStatusCode: 200,
  ...(said.xRobotsTag && { xRobotsTag: said.xRobotsTag }),
})

/**
 * Writes the row of bytes that are on the disk, and then forgets the bytes it had before. Of several who write one name
 * at once each waits for the one before; who may not replace finds the name taken.
 */
export async function commit(
  { database, files }: Parts,
  act: Act,
  place: Place,
  { version }: Pick<Written, 'version'>,
  said: Pick<ObjectEntry, 'metadata' | 'userMetadata'>,
): Promise<ObjectRow> {
  try {
    const { row, replaced } = await database.asAdmin(act, async (query) => {
      await lockObject(query, place.bucket, place.name)
      const before = await findObject(query, place.bucket, place.name, 'for update').catch(ifNoObject)
      const isOther = before && before.version !== version
      if (isOther && !place.isUpsert) throw faults.exists('KeyAlreadyExists')
      return { row: await upsertObject(query, { ...place, version, ...said }), replaced: before?.version }
    })
    if (replaced && replaced !== version) await files.remove([replaced])
    return row
  } catch (error) {
    // Where it is not certain that the row was not written, the bytes stay; sweep.ts looks again.
    if (error instanceof StorageFault && error.statusCode < 500) await files.remove([version])
    throw error
  }
}

const ifNoObject = (error: StorageFault): undefined => {
  if (error.code !== 'NoSuchKey') throw error
}
