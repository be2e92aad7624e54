import type { Call } from '../act.ts'
import { StorageFault } from '../fault.ts'
import type { OpenFile } from '../files.ts'
import type { Parts } from '../parts.ts'
import { isUnchanged, rangeOf } from './conditions.ts'
import { type Metadata, metadataOf, type ObjectRow } from './rows.ts'

export type Manner = {
  /** The name to be saved under; an empty one leaves it to the browser. */
  download: string | undefined
  /** A signed link is cached until it ends, not as long as the object says. */
  expires?: Date
}

/** Answers with an object's bytes, or what a header asks of them. `find` reads the row, again where it has moved on. */
export async function serve(
  c: Call,
  parts: Parts,
  find: () => Promise<ObjectRow>,
  manner: Manner,
): Promise<Response> {
  const { file, row } = await openBytes(parts, find)
  try {
    const metadata = metadataOf(row)
    if (isUnchanged(c.req.raw.headers, metadata)) {
      await file.close()
      return new Response(null, { status: 304, headers: describing(c, metadata, manner) })
    }
    const range = rangeOf(c.req.header('range'), file.size)
    const headers = describing(c, metadata, manner)
    headers.set('content-length', String(range ? range.end - range.start + 1 : file.size))
    if (range) headers.set('content-range', `bytes ${range.start}-${range.end}/${file.size}`)
    const status = range ? 206 : 200
    if (c.req.method !== 'HEAD') return new Response(file.stream(range), { status, headers })
    await file.close()
    return new Response(null, { status, headers })
  } catch (error) {
    await file.close()
    throw error
  }
}

/** Answers with the headers alone; these are all in the row. */
export function serveHead(c: Call, row: ObjectRow): Response {
  const metadata = metadataOf(row)
  const headers = describing(c, metadata, { download: undefined })
  const known = c.req.header('if-none-match')
  if (known && known !== metadata.eTag)
    headers.set('cache-control', `${metadata.cacheControl}, must-revalidate`)
  headers.set('content-length', String(metadata.size))
  return new Response(null, { headers })
}

/** Opens the bytes of the row as it is; a new version may take their place between the two. */
export async function openBytes({ files }: Parts, find: () => Promise<ObjectRow>) {
  let row = await find()
  for (;;) {
    const file: OpenFile | undefined = await files.open(row.version ?? '')
    if (file) return { file, row }
    const again = await find()
    if (again.version === row.version) {
      throw new StorageFault(404, 'NoSuchKey', 'The resource was not found', { error: 'Not found' })
    }
    row = again
  }
}

export function describing(c: Call, metadata: Metadata, { download, expires }: Manner): Headers {
  const headers = new Headers()
  const { eTag, mimetype, lastModified, xRobotsTag } = metadata
  put(headers, 'accept-ranges', 'bytes')
  // A page that somebody uploaded is not shown as one of this address.
  put(headers, 'content-type', mimetype.includes('text/html') ? 'text/plain' : mimetype)
  put(headers, 'etag', eTag)
  put(headers, 'last-modified', lastModified.toUTCString())
  put(headers, 'x-robots-tag', xRobotsTag ?? 'none')
  if (expires) put(headers, 'expires', expires.toUTCString())
  else put(headers, 'cache-control', cacheControl(c, metadata))
  if (download !== undefined) put(headers, 'content-disposition', disposition(download))
  return headers
}

function cacheControl(c: Call, { cacheControl, eTag }: Metadata): string {
  const known = c.req.header('if-none-match')
  return known && known !== eTag ? `${cacheControl}, stale-while-revalidate=30` : cacheControl
}

function disposition(name: string): string {
  if (name === '') return 'attachment;'
  const encoded = encodeURIComponent(name)
  return `attachment; filename=${encoded}; filename*=UTF-8''${encoded}`
}

/** What people said of an object may be no header at all. */
export function put(headers: Headers, name: string, value: string): void {
  try {
    headers.set(name, value)
  } catch {
    const words = `Invalid character in response header "${name}": ${value.slice(0, 50)}`
    throw new StorageFault(400, 'InvalidRequest', words, { error: 'invalid_header_char' })
  }
}
