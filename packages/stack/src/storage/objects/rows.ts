import pg from 'pg'
import { z } from 'zod'
import type { Query } from '../database.ts'
import { faults } from '../fault.ts'

/** A row of storage.objects. */
export type ObjectRow = {
  id: string
  bucket_id: string
  name: string
  owner: string | null
  owner_id: string | null
  version: string | null
  created_at: Date
  updated_at: Date
  last_accessed_at: Date
  metadata: Record<string, unknown> | null
  user_metadata: Record<string, unknown> | null
}

/** What is known of the bytes; rows written past the API may say anything. */
const Metadata = z.object({
  eTag: z.string().catch(''),
  size: z.number().catch(0),
  mimetype: z.string().catch('application/octet-stream'),
  cacheControl: z.string().catch('no-cache'),
  lastModified: z.coerce.date().catch(new Date(0)),
  xRobotsTag: z.string().optional().catch(undefined),
})
export type Metadata = z.infer<typeof Metadata>
export const metadataOf = ({ metadata }: Pick<ObjectRow, 'metadata'>): Metadata =>
  Metadata.parse(metadata ?? {})

/** What is written of an object. Nothing is said of its owner or of people's own metadata where these are undefined. */
export type ObjectEntry = {
  bucket: string
  name: string
  owner: string | undefined
  version: string
  metadata: Record<string, unknown> | undefined
  userMetadata: Record<string, unknown> | undefined
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-5][0-9a-f]{3}-[089ab][0-9a-f]{3}-[0-9a-f]{12}$/i
export const asUuid = (owner: string | undefined) => (owner && uuid.test(owner) ? owner : null)

const values = ({ bucket, name, owner, version, metadata, userMetadata }: ObjectEntry) => [
  bucket,
  name,
  asUuid(owner),
  owner ?? null,
  version,
  metadata ? JSON.stringify(metadata) : null,
  userMetadata ? JSON.stringify(userMetadata) : null,
]
const insertion = `insert into storage.objects (bucket_id, name, owner, owner_id, version, metadata, user_metadata)
  values ($1, $2, $3, $4, $5, $6, $7)`

/** Asks nothing back, so that whoever may only insert need not be able to see. */
export async function insertObject(query: Query, entry: ObjectEntry): Promise<void> {
  try {
    await query(insertion, values(entry))
  } catch (error) {
    throw isTaken(error) ? faults.exists('KeyAlreadyExists') : error
  }
}

const isTaken = (error: unknown) => error instanceof pg.DatabaseError && error.code === '23505'

/** Needs the rights to insert, to see and, where it is there already, to change. */
export async function upsertObject(query: Query, entry: ObjectEntry): Promise<ObjectRow> {
  const { owner, userMetadata } = entry
  const changes = [
    'version',
    'metadata',
    ...(userMetadata ? ['user_metadata'] : []),
    ...(owner ? ['owner_id'] : []),
  ]
  if (asUuid(owner)) changes.push('owner')
  const set = changes.map((column) => `${column} = excluded.${column}`).join(', ')
  const [row] = await query<ObjectRow>(
    `${insertion} on conflict (name, bucket_id) do update set ${set} returning *`,
    values(entry),
  )
  if (!row) throw faults.noObject()
  return row
}

export async function findObject(query: Query, bucket: string, name: string, lock = ''): Promise<ObjectRow> {
  const [row] = await query<ObjectRow>(
    `select * from storage.objects where name = $1 and bucket_id = $2 limit 1 ${lock}`,
    [name, bucket],
  )
  if (!row) throw faults.noObject()
  return row
}

/** Whoever writes one name waits for whoever is writing it. */
export async function lockObject(query: Query, bucket: string, name: string): Promise<void> {
  await query("select set_config('lock_timeout', '5s', true)")
  await query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`${bucket}/${name}`]).catch(
    (error) => {
      throw isLockedOut(error) ? faults.lockTimeout() : error
    },
  )
}

const isLockedOut = (error: unknown) => error instanceof pg.DatabaseError && error.code === '55P03'

const text = (value: string | null) => value ?? ''

/** An object as lists and changes are answered with it: what is not there is an empty text. */
export const objectAnswer = (row: ObjectRow) => ({
  name: row.name,
  bucket_id: row.bucket_id,
  owner: text(row.owner),
  owner_id: text(row.owner_id),
  version: text(row.version),
  id: row.id,
  updated_at: row.updated_at,
  created_at: row.created_at,
  last_accessed_at: row.last_accessed_at,
  metadata: row.metadata,
  user_metadata: row.user_metadata,
})
