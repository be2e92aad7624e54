import {
  attachmentLimits,
  attachmentType,
  attachmentWidths,
  originalPath,
  type PictureFormat,
  pictureFormats,
  UploadPlace,
} from '@p2p/contracts'
import { type UploadControl, upload } from './media.ts'
import { must, Refusal } from './must.ts'
import type { Supabase } from './supabase.ts'

type Sending = {
  file: File
  /** Called with a number from 0 to 1. */
  onProgress?: (share: number) => void
  /** Called once bytes begin to go. */
  onBegin?: (control: UploadControl) => void
}

/**
 * Sends a file for a post and answers its id once it has arrived; `readFileState` tells what becomes of it. Codes:
 * `attachment_too_large`, `attachment_type_refused`, `rate_limited`, `unavailable`.
 */
export async function sendAttachment(supabase: Supabase, sending: Sending): Promise<string> {
  const { file } = sending
  const type = attachmentType(file)
  if (!type) throw new Refusal('attachment_type_refused', 'Files of this kind are not taken.')
  if (file.size > attachmentLimits.bytes)
    throw new Refusal('attachment_too_large', 'A file has up to 25 MiB.')
  const place = UploadPlace.parse(
    must(await supabase.rpc('create_upload', { purpose: 'attachment', size: file.size, content_type: type })),
  )
  // A drawing goes under the type that was announced: the browser knows none.
  await upload(supabase, place, { ...sending, file: file.slice(0, file.size, type) })
  return place.id
}

/** An address of one picture in each width and format; all hold for an hour. */
export type PostPicture = { width: number; format: PictureFormat; url: string }

const anHour = 3_600

/** The pictures made of a file in a post; none where the reader may not see it or it is gone. */
export async function signPostPicture(supabase: Supabase, file: string): Promise<PostPicture[]> {
  const wanted = pictureFormats.flatMap((format) => attachmentWidths.map((width) => ({ width, format })))
  const { data, error } = await supabase.storage.from('attachments').createSignedUrls(
    wanted.map(({ width, format }) => `${file}/${width}.${format}`),
    anHour,
  )
  if (error) throw new Refusal('unavailable', error.message, { cause: error })
  return wanted.flatMap((each, place) => {
    const url = data[place]?.signedUrl
    return url ? [{ ...each, url }] : []
  })
}

/** Where to download a file of a post, saved under its name; the address holds for a minute. */
export async function signDownload(supabase: Supabase, file: string, name: string): Promise<string> {
  const { data, error } = await supabase.storage.from('attachments').createSignedUrl(originalPath(file), 60)
  if (error) throw new Refusal('not_found', error.message, { cause: error })
  // Its own `download` encodes a name twice that is not in Latin letters (storage-js 2.119).
  const address = new URL(data.signedUrl)
  address.searchParams.set('download', name)
  return address.href
}
