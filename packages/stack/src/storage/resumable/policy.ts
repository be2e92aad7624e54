import { Metadata } from '@tus/server'
import type { Act } from '../act.ts'
import { findBucket } from '../buckets/rows.ts'
import { faults } from '../fault.ts'
import { parseMetadata } from '../objects/incoming.ts'
import { mayUpload, mostOf, mustBeAllowed, type Place } from '../objects/upload.ts'
import type { Parts } from '../parts.ts'
import type { UnfinishedUploads } from './unfinished.ts'
import { readUploadId } from './upload-id.ts'

/** Who sends a part of an upload, and what a signed link lets them do. */
export type Sender = { act: Act; owner: string | undefined; isUpsert: boolean; isSigned: boolean }

export function placeOf(id: string, { owner, isUpsert }: Sender): Place {
  const { bucket, name } = readUploadId(id)
  return { bucket, name, owner, isUpsert }
}

/** Asks the policies at each request anew, as hosted does: they may have changed since the upload began. */
export async function mustBeAllowedTo(
  parts: Parts,
  uploads: UnfinishedUploads,
  sender: Sender,
  request: Request,
  id: string,
): Promise<void> {
  // Where an upload stands is told to whoever knows its address.
  if (request.method === 'HEAD' || sender.isSigned) return
  const { size, metadata } = request.method === 'POST' ? announced(request) : await uploads.getUpload(id)
  const said = { mimetype: metadata?.contentType ?? undefined, contentLength: size }
  await mayUpload(parts, sender.act, placeOf(id, sender), said, parseMetadata(metadata?.metadata))
}

function announced(request: Request) {
  const length = request.headers.get('upload-length')
  const text = request.headers.get('upload-metadata')
  try {
    return { size: length ? Number(length) : undefined, metadata: text ? Metadata.parse(text) : undefined }
  } catch {
    throw faults.invalidParameter('Invalid Upload-Metadata header')
  }
}

/** Bytes that this upload may have. */
export const mostOfUpload = ({ database, sizeLimit }: Parts, act: Act, id: string) =>
  database.asAdmin(act, async (query) => {
    const { bucket, name } = readUploadId(id)
    return mostOf(await findBucket(query, bucket), name, sizeLimit)
  })

/** What is noted of a new upload: its kind, which the bucket must take, and how long it is cached. */
export async function noteOf(
  { database }: Parts,
  act: Act,
  id: string,
  metadata: Record<string, string | null>,
): Promise<Record<string, string | null>> {
  const bucket = await database.asAdmin(act, (query) => findBucket(query, readUploadId(id).bucket))
  const contentType = metadata.contentType || 'application/octet-stream'
  if (bucket.allowed_mime_types?.length) mustBeAllowed(contentType, bucket.allowed_mime_types)
  const seconds = metadata.cacheControl ?? ''
  const cacheControl = /^-?\d+$/.test(seconds) ? `max-age=${seconds}` : 'no-cache'
  return { ...metadata, contentType, cacheControl }
}
