import { z } from 'zod'
import { pageHeaders, readPage } from './admin-list.ts'
import { invalid } from './fault.ts'
import type { Means } from './means.ts'

/** What `query=<scope>:<text>` may look into. */
const scopes: Record<string, string[]> = {
  author: ['actor_username', 'actor_name'],
  action: ['action'],
  type: ['log_type'],
}

/** GET /admin/audit?page=&per_page=&query= */
export async function listAudit({ pool }: Means, request: Request): Promise<Response> {
  const url = new URL(request.url)
  const part = readPage(url)
  const query = url.searchParams.get('query') ?? ''
  const [scope = '', ...words] = query.split(':')
  const fields = Object.hasOwn(scopes, scope) ? scopes[scope] : undefined
  if (query && (!fields || words.length === 0)) throw invalid(`Invalid query scope: ${query}`)
  const wanted = `$1 = '' or exists (
    select from json_each_text(payload) where key = any($2) and value ilike '%' || $1 || '%')`
  const values = [words.join(':'), fields ?? []]
  const { rows } = await pool.query(
    `select id, payload, created_at, ip_address from auth.audit_log_entries where ${wanted}
     order by created_at desc, id limit $3 offset $4`,
    [...values, part.size, (part.page - 1) * part.size],
  )
  const { rows: counted } = await pool.query(
    `select count(*)::int as total from auth.audit_log_entries where ${wanted}`,
    values,
  )
  const total = z.number().parse(counted[0]?.total)
  return Response.json(rows, { headers: pageHeaders(url, part, total) })
}
