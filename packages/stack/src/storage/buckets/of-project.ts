import type { Project } from '../../project.ts'
import { withClient } from '../../sql.ts'

/** Makes the buckets of config.toml, and brings those that are there in line with it. */
export async function makeBuckets(url: string, { storage }: Project): Promise<void> {
  await withClient(url, async (client) => {
    for (const [name, bucket] of Object.entries(storage.buckets)) {
      await client.query(
        `insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
         values ($1, $1, $2, $3, $4)
         on conflict (id) do update
         set public = excluded.public,
             file_size_limit = excluded.file_size_limit,
             allowed_mime_types = excluded.allowed_mime_types`,
        [name, bucket.public, bucket.file_size_limit ?? null, bucket.allowed_mime_types ?? null],
      )
    }
  })
}
