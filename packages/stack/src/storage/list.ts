import { sql } from 'kysely'
import { z } from 'zod'
import { calls } from '../data/call.ts'
import type { CallerConnection } from '../data/connection.ts'

const Body = z.object({
  prefix: z.string().default(''),
  limit: z.number().int().min(1).max(1000).default(100),
  offset: z.number().int().min(0).default(0),
  search: z.string().default(''),
  sortBy: z
    .object({
      column: z.enum(['name', 'updated_at', 'created_at', 'last_accessed_at']).default('name'),
      order: z.enum(['asc', 'desc']).default('asc'),
    })
    .prefault({}),
})

const route = /^\/storage\/v1\/object\/list\/([^/]+)\/?$/

const literally = (text: string) => text.replace(/[\\%_]/g, '\\$&')

/**
 * POST /object/list/{bucket}: what lies in one folder, as hosted Storage lists it: objects by their names in it, and the
 * folders below, which have no id. @supabase/lite would answer with every object of the whole tree.
 */
export async function listFolder(
  request: Request,
  connection: CallerConnection,
): Promise<Response | undefined> {
  const [, bucket] = (request.method === 'POST' && route.exec(new URL(request.url).pathname)) || []
  if (!bucket) return undefined
  const { prefix, limit, offset, search, sortBy } = Body.parse(await request.json())
  const folder = prefix === '' ? '' : `${prefix.replace(/^\/+|\/+$/g, '')}/`
  const { caller } = calls.getStore() ?? {}
  const vars = {
    auth: { uid: caller?.userId ?? null, role: caller?.role ?? 'anon', jwt: caller?.claims ?? null },
    storage: { operation: 'storage.object.list' },
  }
  const order = sql.raw(`${sortBy.column} ${sortBy.order} nulls first, name`)
  const { rows } = await connection.withContext(vars, (db) =>
    sql`
      with inside as (
        select substr(name, char_length(${folder}) + 1) as rest, id, updated_at, created_at, last_accessed_at, metadata
        from storage.objects
        where bucket_id = ${decodeURIComponent(bucket)} and name like ${`${literally(folder)}%`}
      ), entries as (
        select rest as name, id, updated_at, created_at, last_accessed_at, metadata
        from inside where strpos(rest, '/') = 0
        union all
        select distinct split_part(rest, '/', 1), null::uuid, null::timestamptz, null::timestamptz, null::timestamptz, null::jsonb
        from inside where strpos(rest, '/') > 0
      )
      select * from entries
      where name ilike ${`%${literally(search)}%`} and name <> ''
      order by ${order} limit ${limit} offset ${offset}`.execute(db),
  )
  return Response.json(rows)
}
