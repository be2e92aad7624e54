import { Metadata } from '@tus/server'
import { type Act, actOf, type Call } from '../act.ts'
import { faults, StorageFault } from '../fault.ts'
import type { Api, Parts } from '../parts.ts'
import { verify } from '../signature.ts'
import type { UploadLocker } from './locker.ts'
import type { Sender } from './policy.ts'
import { tusServer } from './server.ts'
import type { UnfinishedUploads } from './unfinished.ts'
import { readUploadId, uploadIdIn } from './upload-id.ts'

const operations: Record<string, string> = {
  POST: 'storage.tus.upload.create',
  PUT: 'storage.tus.upload.part',
  PATCH: 'storage.tus.upload.part',
  GET: 'storage.tus.upload.get',
  HEAD: 'storage.tus.upload.get',
  DELETE: 'storage.tus.upload.delete',
  OPTIONS: 'storage.tus.options',
}

/** Uploads that may break off and go on. The address of one that is signed for needs no token of a person. */
export function resumableUploads(api: Api, parts: Parts, uploads: UnfinishedUploads, locker: UploadLocker) {
  const server = tusServer(parts, uploads, locker)
  const own = async (c: Call) => {
    const isOpen = c.req.method === 'OPTIONS'
    // Here, other than elsewhere, no token at all counts as a bad one.
    if (!isOpen && c.env.found.kind === 'no_key') throw faults.denied('Invalid Compact JWS')
    const act = actOf(c, operations[c.req.method] ?? '', { isOpen })
    const isUpsert = c.req.header('x-upsert') === 'true'
    return server.answer(c.req.raw, { act, owner: act.caller.userId ?? undefined, isUpsert, isSigned: false })
  }
  const signed = async (c: Call) => {
    const act = actOf(c, `${operations[c.req.method] ?? ''}_signed`, { isOpen: true })
    return server.answer(c.req.raw, await senderOf(c, act, parts))
  }
  for (const path of ['/upload/resumable/sign', '/upload/resumable/sign/*']) api.all(path, signed)
  for (const path of ['/upload/resumable', '/upload/resumable/*']) api.all(path, own)
}

/** Reads a signed link's token from its header: it names the object, the owner and whether it may replace one. */
async function senderOf(c: Call, act: Act, { jwtSecret }: Parts): Promise<Sender> {
  const nobody = { act, owner: undefined, isUpsert: false, isSigned: true }
  if (c.req.method === 'OPTIONS') return nobody
  const token = c.req.header('x-signature')
  if (!token) throw new StorageFault(400, 'InvalidSignature', 'Missing x-signature header')
  const { owner, upsert = false } = await verify(token, namedIn(c), 'upload', jwtSecret)
  return { ...nobody, owner, isUpsert: upsert }
}

function namedIn(c: Call): string {
  const id = uploadIdIn(c.req.path)
  if (id !== undefined) {
    const { bucket, name } = readUploadId(id)
    return `${bucket}/${name}`
  }
  try {
    const { bucketName, objectName } = Metadata.parse(c.req.header('upload-metadata'))
    return `${bucketName}/${objectName}`
  } catch {
    throw new StorageFault(400, 'InvalidRequest', 'Metadata header is required')
  }
}
