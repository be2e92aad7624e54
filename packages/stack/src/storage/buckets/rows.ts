import type { Query } from '../database.ts'
import { faults } from '../fault.ts'

/** A row of storage.buckets; sizes are 64 bits wide and come as text. */
export type BucketRow = {
  id: string
  name: string
  owner: string | null
  public: boolean
  type: string
  file_size_limit: string | null
  allowed_mime_types: string[] | null
  created_at: Date
  updated_at: Date
}

export const bucketColumns =
  'id, name, owner, public, type::text, file_size_limit, allowed_mime_types, created_at, updated_at'

export async function findBucket(query: Query, id: string, lock = ''): Promise<BucketRow> {
  const [row] = await query<BucketRow>(
    `select ${bucketColumns} from storage.buckets where id = $1 limit 1 ${lock}`,
    [id],
  )
  if (!row) throw faults.noBucket()
  return row
}

export const bucketAnswer = (row: BucketRow) => ({
  id: row.id,
  name: row.name,
  owner: row.owner ?? '',
  public: row.public,
  file_size_limit: row.file_size_limit === null ? null : Number(row.file_size_limit),
  allowed_mime_types: row.allowed_mime_types,
  created_at: row.created_at,
  updated_at: row.updated_at,
})
