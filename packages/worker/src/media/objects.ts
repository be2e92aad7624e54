import { originalPath } from '@p2p/contracts'
import type { SupabaseClient } from '@supabase/supabase-js'
import type { MadePicture } from './picture.ts'

/* What the worker does in Storage. A file's objects are named after its id, so that its id is enough to remove them. */

/** The bytes that were sent; null where nothing is there. */
export async function readSent(supabase: SupabaseClient, file: string): Promise<Buffer | null> {
  const { data, error } = await supabase.storage.from('uploads').download(file)
  if (data) return Buffer.from(await data.arrayBuffer())
  if (isMissing(error)) return null
  throw error
}

// Storage answers a missing object with 400 and the true status in the body.
const isMissing = (error: object) => 'statusCode' in error && String(error.statusCode) === '404'

/** Puts the pictures of a file where they are seen. Their names are new with each file, so they may be kept for ever. */
export async function showPictures(
  supabase: SupabaseClient,
  bucket: string,
  file: string,
  pictures: readonly MadePicture[],
): Promise<void> {
  for (const { size, format, bytes } of pictures) {
    const { error } = await supabase.storage.from(bucket).upload(`${file}/${size}.${format}`, bytes, {
      contentType: `image/${format}`,
      cacheControl: '31536000, immutable',
      // Another try of the same job makes the same picture.
      upsert: true,
    })
    if (error) throw error
  }
}

/** Keeps a document as it was sent, under a name and a type that no program opens by itself. */
export async function keepOriginal(supabase: SupabaseClient, file: string, sent: Buffer): Promise<void> {
  const { error } = await supabase.storage.from('attachments').upload(originalPath(file), sent, {
    contentType: 'application/octet-stream',
    cacheControl: '31536000, immutable',
    upsert: true,
  })
  if (error) throw error
}

/** Removes whatever a bucket holds of a file; nothing is there the second time. Answers how many objects went. */
export async function removeObjectsOf(
  supabase: SupabaseClient,
  bucket: string,
  file: string,
): Promise<number> {
  const place = supabase.storage.from(bucket)
  const { data: inside, error: unlisted } = await place.list(file)
  if (unlisted) throw unlisted
  const { data: removed, error } = await place.remove([file, ...inside.map(({ name }) => `${file}/${name}`)])
  if (error) throw error
  return removed.length
}
