import { createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { SupabaseClient } from '@supabase/supabase-js'
import type { StoredObject } from './objects.ts'

/** A fetched file: where it lies, and its place in the archive, `<bucket>/<path>`. */
export type Fetched = { file: string; path: string; bytes: number }

/** Copies objects from Storage into `folder`, one after the other. One that has gone since it was listed is left out. */
export async function fetchObjects(
  supabase: SupabaseClient,
  objects: readonly StoredObject[],
  folder: string,
): Promise<Fetched[]> {
  const fetched: Fetched[] = []
  for (const [number, { bucket, path }] of objects.entries()) {
    const { data, error } = await supabase.storage.from(bucket).download(path).asStream()
    if (error && isGone(error.message)) continue
    if (error) throw new Error(`Storage did not give a file of ${bucket}: ${error.message}`, { cause: error })
    // A number on disk: what somebody called their file says nothing about where ours lie.
    const file = join(folder, String(number))
    await pipeline(data, createWriteStream(file))
    fetched.push({ file, path: `${bucket}/${harmless(path)}`, bytes: (await stat(file)).size })
  }
  return fetched
}

/** A name that leads nowhere else when the archive is unpacked. */
const harmless = (path: string) =>
  path
    .split(/[/\\]/)
    .map((part) => (/^\.*$/.test(part) ? '_' : part))
    .join('/')

const isGone = (message: string) => /not.?found/i.test(message)
