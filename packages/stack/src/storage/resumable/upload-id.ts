import { randomUUID } from 'node:crypto'
import { faults, StorageFault } from '../fault.ts'
import { isVersion } from '../files.ts'
import { mustBeBucketName, mustBeObjectName } from '../names.ts'

/** What an upload's address names, in base64url: bucket/name/version. */
export type UploadId = { bucket: string; name: string; version: string }

export function readUploadId(id: string): UploadId {
  const [bucket = '', ...rest] = id.split('/')
  if (rest.length < 2) throw new StorageFault(400, 'InvalidUploadId', 'Invalid upload id')
  const version = rest.pop() ?? ''
  const name = rest.join('/')
  mustBeBucketName(bucket)
  mustBeObjectName(name)
  // It becomes the name of a file.
  if (!isVersion(version)) throw new StorageFault(404, 'NoSuchUpload', 'Upload not found')
  return { bucket, name, version }
}

export function newUploadId(metadata: Record<string, string | null> | undefined): string {
  if (!metadata) throw faults.invalid('Metadata header is required')
  const id = `${metadata.bucketName ?? ''}/${metadata.objectName ?? ''}/${randomUUID()}`
  readUploadId(id)
  return id
}

export const encodeUploadId = (id: string) => Buffer.from(id).toString('base64url')

/** The last part of an address, or nothing where it names no upload. */
export function uploadIdIn(path: string): string | undefined {
  const last = /\/upload\/resumable(?:\/sign)?\/([^/]+)\/?$/.exec(path)?.[1]
  return last === undefined || last === 'sign' ? undefined : Buffer.from(last, 'base64url').toString('utf8')
}
