import type { SupabaseClient } from '@supabase/supabase-js'
import { z } from 'zod'
import type { Database } from '../../database.ts'

const StoredObject = z.object({ bucket: z.string(), path: z.string() })
export type StoredObject = z.infer<typeof StoredObject>

const Attachment = z.object({ file: z.uuid(), path: z.string(), name: z.string().nullable() })
/** A file of a post, in the bucket `attachments`. */
export type Attachment = z.infer<typeof Attachment>

/** The files of what a person wrote; a picture has no name. */
export async function attachmentsOf(db: Database, person: string): Promise<Attachment[]> {
  const { rows } = await db.query(
    'select file, path, name from private.personal_attachments($1) order by name, file',
    [person],
  )
  return z.array(Attachment).parse(rows)
}

/** The files that are a person's whatever becomes of their posts, in whichever bucket. */
export async function objectsOf(db: Database, person: string): Promise<StoredObject[]> {
  const { rows } = await db.query(
    'select bucket, path from private.personal_objects($1) order by bucket, path',
    [person],
  )
  return z.array(StoredObject).parse(rows)
}

// What Storage takes in one request is more; a URL of a failed one must still fit a log.
const batch = 100

/** Removes objects through Storage, so that no file is left without its row. One that is gone already is no fault. */
export async function removeObjects(
  supabase: SupabaseClient,
  objects: readonly StoredObject[],
): Promise<void> {
  for (const [bucket, paths] of Object.entries(Object.groupBy(objects, ({ bucket }) => bucket))) {
    for (let at = 0; at < (paths?.length ?? 0); at += batch) {
      const some = paths?.slice(at, at + batch).map(({ path }) => path) ?? []
      const { error } = await supabase.storage.from(bucket).remove(some)
      if (error) throw new Error(`Storage did not remove from ${bucket}: ${error.message}`, { cause: error })
    }
  }
}
