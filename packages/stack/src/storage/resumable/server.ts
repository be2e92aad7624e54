import { Server, type Upload } from '@tus/server'
import { StorageFault } from '../fault.ts'
import { parseMetadata } from '../objects/incoming.ts'
import { commit, describe } from '../objects/upload.ts'
import type { Parts } from '../parts.ts'
import type { UploadLocker } from './locker.ts'
import { mostOfUpload, mustBeAllowedTo, noteOf, placeOf, type Sender } from './policy.ts'
import type { UnfinishedUploads } from './unfinished.ts'
import { encodeUploadId, newUploadId, readUploadId, uploadIdIn } from './upload-id.ts'

const root = '/storage/v1/upload/resumable'

/** A proxy in front tells the host and the port it was asked by in two headers. */
function withPort(host: string, headers: Headers): string {
  const port = headers.get('x-forwarded-port')
  if (!headers.has('x-forwarded-host') || !port || !/^\d+$/.test(port) || port === '443' || port === '80')
    return host
  return `${host.replace(/:\d+$/, '')}:${port}`
}

/** The TUS protocol, by the library hosted Storage uses, over files of our own. */
export function tusServer(parts: Parts, uploads: UnfinishedUploads, locker: UploadLocker) {
  const senders = new WeakMap<Request, Sender>()
  const senderOf = (request: Request): Sender => {
    const sender = senders.get(request)
    if (!sender) throw new Error('A request reached the uploads past its route.')
    return sender
  }

  async function finish(request: Request, { id, metadata }: Upload) {
    const { version } = readUploadId(id)
    const sender = senderOf(request)
    const written = await parts.files.adopt(uploads.path(id), version)
    const said = {
      mimetype: metadata?.contentType ?? 'application/octet-stream',
      cacheControl: metadata?.cacheControl ?? 'no-cache',
    }
    await commit(parts, sender.act, placeOf(id, sender), written, {
      metadata: describe(written, said),
      userMetadata: parseMetadata(metadata?.metadata),
    })
    return { headers: { 'Tus-Complete': '1' } }
  }

  const server = new Server({
    path: root,
    datastore: uploads,
    locker,
    respectForwardedHeaders: true,
    disableTerminationForFinishedUploads: true,
    allowedHeaders: ['Authorization', 'X-Upsert', 'Upload-Expires', 'ApiKey', 'x-signature'],
    namingFunction: (_request, metadata) => newUploadId(metadata),
    getFileIdFromRequest: (request) => uploadIdIn(new URL(request.url).pathname),
    generateUrl: (request, { proto, host, id }) => {
      const { pathname } = new URL(request.url)
      const signed = pathname.replace(/\/$/, '').endsWith('/sign') ? '/sign' : ''
      return `${proto}://${withPort(host, request.headers)}${root}${signed}/${encodeUploadId(id)}`
    },
    maxSize: (request, id) => (id ? mostOfUpload(parts, senderOf(request).act, id) : parts.sizeLimit),
    onIncomingRequest: (request, id) => mustBeAllowedTo(parts, uploads, senderOf(request), request, id),
    onUploadCreate: async (request, upload) => {
      const { act, owner } = senderOf(request)
      uploads.setOwner(upload, owner)
      return { metadata: await noteOf(parts, act, upload.id, { ...upload.metadata }) }
    },
    onUploadFinish: finish,
    onResponseError: (_request, error) =>
      error instanceof StorageFault ? { status_code: error.statusCode, body: error.message } : undefined,
  })
  return {
    answer(request: Request, sender: Sender): Promise<Response> {
      senders.set(request, sender)
      return server.handleWeb(request)
    },
  }
}
