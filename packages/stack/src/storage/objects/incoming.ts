import { Readable } from 'node:stream'
import { Busboy, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy'
import { isDeep } from '../../depth.ts'
import { faults } from '../fault.ts'
import { mustBeRobotsTag } from './robots-tag.ts'

/** An object on its way in. */
export type Incoming = {
  body: AsyncIterable<Uint8Array>
  mimetype: string
  cacheControl: string
  /** What the request says of its length, for policies. */
  contentLength: number | undefined
  userMetadata: Record<string, unknown> | undefined
  xRobotsTag: string | undefined
  /** Tells that the rest of it is not wanted. */
  letGo(): void
}

const mostMetadata = 2 ** 20
const deepest = 500

/** Opens what is sent, a form or bare bytes, without reading the object yet. */
export async function openIncoming(request: Request): Promise<Incoming> {
  const { headers } = request
  const xRobotsTag = headers.get('x-robots-tag') ?? undefined
  if (xRobotsTag !== undefined) mustBeRobotsTag(xRobotsTag)
  const length = Number(headers.get('content-length') ?? Number.NaN)
  const common = { contentLength: Number.isFinite(length) ? length : undefined, xRobotsTag }
  if (headers.get('content-type')?.startsWith('multipart/form-data')) {
    return { ...(await openForm(request)), ...common }
  }
  return {
    // Whoever stops reading must not end the connection that the answer goes by.
    body: request.body?.values({ preventCancel: true }) ?? emptyBody(),
    letGo: () => {},
    mimetype: headers.get('content-type') ?? 'application/octet-stream',
    cacheControl: headers.get('cache-control') ?? 'no-cache',
    userMetadata: decodeMetadata(headers.get('x-metadata')),
    ...common,
  }
}

async function* emptyBody(): AsyncIterable<Uint8Array> {}

/** People's own metadata as a header carries it; what cannot be read counts as nothing, as on hosted. */
export const decodeMetadata = (header: string | null | undefined) =>
  header ? parseMetadata(Buffer.from(header, 'base64').toString('utf8')) : undefined

export function parseMetadata(json: string | null | undefined): Record<string, unknown> | undefined {
  if (!json || isDeep(Buffer.from(json), deepest)) return undefined
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}

/** The first file of a form, and the fields before it: supabase-js sends those first. */
function openForm(request: Request): Promise<Omit<Incoming, 'contentLength' | 'xRobotsTag'>> {
  const { body } = request
  if (!body) throw faults.noContent()
  const form = formReader(request.headers)
  const source = Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0])
  const fields = new Map<string, string>()
  return new Promise((opened, refused) => {
    const fail = () => refused(faults.noContent())
    form.on('field', (name, value) => fields.set(name, value))
    form.on('file', (_name, file, _filename, _encoding, mimetype) => {
      // Whoever reads the file is told of the error; once nobody does, it is of no matter.
      file.on('error', () => {})
      // A sender that goes away ends the file too.
      source.once('error', (error) => file.destroy(error))
      form.once('error', (error) => file.destroy(error as Error))
      try {
        opened({
          body: file.iterator({ destroyOnReturn: false }),
          letGo: () => void file.resume(),
          mimetype: fields.get('contentType') || mimetype,
          ...described(fields),
        })
      } catch (error) {
        file.resume()
        refused(error)
      }
    })
    form.once('finish', fail)
    form.on('error', fail)
    source.on('error', fail)
    source.pipe(form)
  })
}

function formReader(headers: Headers): BusboyInstance {
  const limits = { files: 1, fields: 10, fieldSize: mostMetadata + 1 }
  try {
    return new Busboy({ headers: Object.fromEntries(headers) as BusboyHeaders, limits })
  } catch {
    // It does not say what its parts are separated by.
    throw faults.noContent()
  }
}

function described(fields: Map<string, string>) {
  const seconds = fields.get('cacheControl')
  const metadata = fields.get('metadata') ?? fields.get('userMetadata')
  if (metadata && Buffer.byteLength(metadata) > mostMetadata) throw faults.tooLarge('user_metadata')
  return {
    cacheControl: seconds ? `max-age=${seconds}` : 'no-cache',
    userMetadata: parseMetadata(metadata),
  }
}
