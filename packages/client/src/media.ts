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

/** An upload that is under way; what has arrived stays while it pauses. */
export type UploadControl = { pause: () => void; resume: () => void; cancel: () => void }

/** What is sent to a place, and who is told how far it is (from 0 to 1). */
type Upward = { file: Blob; onProgress?: (share: number) => void; onBegin?: (control: UploadControl) => void }

/** Sends to a place that was given; without a connection it waits for one. Codes: `file_too_large`, `not_allowed`, `unavailable`. */
export async function upload(
  supabase: Supabase,
  { bucket, path }: UploadPlace,
  { file, onProgress, onBegin }: Upward,
): Promise<void> {
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
      // What Supabase asks for; after a pause the piece that was under way is sent anew.
      chunkSize: 6 * 1024 * 1024,
      // A place is good for one try; there is nothing to come back to in another visit.
      storeFingerprintForResuming: false,
      onProgress: (done, all) => onProgress?.(all ? done / all : 0),
      onError: (error) => (isOffline() ? goOnOnceOnline() : reject(uploadRefusal(error))),
      onSuccess: () => resolve(),
    })
    let offline = new AbortController()
    // What has arrived stays; a connection that comes back is no reason to ask anybody.
    const goOnOnceOnline = () => {
      offline = new AbortController()
      addEventListener('online', () => sent.start(), { once: true, signal: offline.signal })
    }
    const stop = () => {
      offline.abort()
      void sent.abort()
    }
    sent.start()
    onBegin?.({
      pause: stop,
      resume: () => sent.start(),
      cancel: () => {
        stop()
        reject(new Refusal('unavailable', 'The upload was given up.'))
      },
    })
  })
}

// Node has a navigator too, which knows nothing of a connection.
const isOffline = () => 'onLine' in navigator && !navigator.onLine

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
