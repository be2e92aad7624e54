import { createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { SupabaseClient } from '@supabase/supabase-js'
import type { StoredObject } from './objects.ts'

/** An object, its place in the archive, and the id of the file it was made of, where it is known. */
export type Wanted = StoredObject & { place: string; id: string | null }

/** A fetched file: where it lies, and its place in the archive. */
export type Fetched = { file: string; path: string; bytes: number; id: string | null }

/** Copies objects from Storage into `folder`, one after the other. One that has gone since it was listed is left out. */
export async function fetchObjects(
  supabase: SupabaseClient,
  objects: readonly Wanted[],
  folder: string,
  signal: AbortSignal,
): Promise<Fetched[]> {
  const fetched: Fetched[] = []
  for (const [number, { bucket, path, place, id }] of objects.entries()) {
    signal.throwIfAborted()
    const { data, error } = await supabase.storage.from(bucket).download(path).asStream()
    if (error && isGone(error.message)) continue
    if (error) throw new Error(`Storage did not give a file of ${bucket}: ${error.message}`, { cause: error })
    // A number on disk: what somebody called their file says nothing about where ours lie.
    const file = join(folder, String(number))
    await pipeline(data, createWriteStream(file), { signal })
    fetched.push({ file, path: place, bytes: (await stat(file)).size, id })
  }
  return fetched
}

const isGone = (message: string) => /not.?found/i.test(message)
