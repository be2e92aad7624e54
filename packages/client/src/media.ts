import {
  FileState,
  type Picture,
  type PictureFormat,
  type PictureSize,
  type Purpose,
  pictureFile,
  pictureLimits,
  pictureTypes,
  UploadPlace,
} from '@p2p/contracts'
import type { Upload } from 'tus-js-client'
import { must, Refusal } from './must.ts'
import type { Supabase } from './supabase.ts'

/** The public address of a ready picture. */
export const pictureUrl = (
  supabase: Supabase,
  { path }: Picture,
  size: PictureSize,
  format: PictureFormat,
): string => {
  const [bucket = '', ...folder] = path.split('/')
  return supabase.storage.from(bucket).getPublicUrl([...folder, pictureFile(size, format)].join('/')).data
    .publicUrl
}

type Sending = {
  purpose: Purpose
  file: Blob
  /** Called with a number from 0 to 1. */
  onProgress?: (share: number) => void
}

/**
 * Sends a picture and answers the file's id once it has arrived; `awaitPicture` tells what becomes of it. It takes up
 * where a connection broke. Codes: `file_too_large`, `file_type_refused`, `not_allowed`, `rate_limited`.
 */
export async function sendPicture(supabase: Supabase, sending: Sending): Promise<string> {
  const { purpose, file } = sending
  if (file.size > pictureLimits.bytes) throw new Refusal('file_too_large', 'A picture has up to 5 MiB.')
  if (!pictureTypes.includes(file.type)) throw new Refusal('file_type_refused', 'This is no picture.')
  const place = UploadPlace.parse(
    must(
      await supabase.rpc('create_upload', {
        purpose,
        size: file.size,
        content_type: file.type,
      }),
    ),
  )
  await upload(supabase, place, sending)
  return place.id
}

async function upload(supabase: Supabase, { bucket, path }: UploadPlace, sending: Sending): Promise<void> {
  const { file, onProgress } = sending
  // Few pages send files: its code is fetched when one does.
  const { Upload } = await import('tus-js-client')
  await new Promise<void>((resolve, reject) => {
    const sent: Upload = new Upload(file as File, {
      endpoint: resumableEndpoint(supabase),
      retryDelays: [0, 1_000, 3_000, 5_000],
      // A token that ran out meanwhile is renewed by asking for it each time.
      onBeforeRequest: async (request) => {
        const { data } = await supabase.auth.getSession()
        request.setHeader('authorization', `Bearer ${data.session?.access_token ?? ''}`)
      },
      metadata: { bucketName: bucket, objectName: path, contentType: file.type },
      uploadDataDuringCreation: true,
      // A place is good for one try; there is nothing to come back to in another visit.
      storeFingerprintForResuming: false,
      onProgress: (done, all) => onProgress?.(all ? done / all : 0),
      onError: (error) => reject(uploadRefusal(error)),
      onSuccess: () => resolve(),
    })
    sent.start()
  })
}

const resumableEndpoint = (supabase: Supabase) =>
  supabase.storage
    .from('uploads')
    .getPublicUrl('any')
    .data.publicUrl.replace(/object\/public\/.*$/, 'upload/resumable')

function uploadRefusal(error: Error): Refusal {
  const status =
    'originalResponse' in error ? (error.originalResponse as { getStatus(): number } | null)?.getStatus() : 0
  const code =
    status === 413 ? 'file_too_large' : status === 401 || status === 403 ? 'not_allowed' : 'unavailable'
  return new Refusal(code, error.message, { cause: error })
}

/** What has become of a file that was sent; null where it is gone, which a newer one of the same person may cause. */
export async function readFileState(supabase: Supabase, id: string): Promise<FileState | null> {
  const row = must(await supabase.from('files').select('status, reason').eq('id', id).maybeSingle())
  return row && FileState.parse(row)
}

/** Takes one's own picture away, or one's organization's. */
export async function removePicture(supabase: Supabase, purpose: Purpose): Promise<void> {
  must(await supabase.rpc('remove_picture', { purpose }))
}
