import type { Call } from './call.ts'
import { Refused } from './fault.ts'
import { type Preferences, readPreferences } from './preferences.ts'
import { type Query, readQuery } from './query.ts'
import type { Name } from './sql-text.ts'

type Target = { kind: 'root' } | { kind: 'table' | 'function'; name: Name }

/** A request as PostgREST looks at it before it looks at the database. */
export type Asked = {
  call: Call
  method: string
  headers: Headers
  target: Target
  schema: string
  query: Query
  /** The query as it came, for the address of the answer. */
  search: URLSearchParams
  preferences: Preferences
  body: Uint8Array
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS'])
export const isReading = (method: string) => method === 'GET' || method === 'HEAD'

export function readAsked(request: Request, body: Uint8Array, call: Call, schemas: string[]): Asked {
  const { method, headers } = request
  if (!methods.has(method)) throw new Refused(405, 'PGRST117', `Unsupported HTTP method: ${method}`)
  const schema = schemaOf(headers, isReading(method), schemas)
  const target = targetOf(call.path, schema)
  const preferences = readPreferences(headers.get('prefer'))
  if (preferences.handling === 'strict' && preferences.invalid.length > 0) {
    const invalid = `Invalid preferences: ${preferences.invalid.join(', ')}`
    throw new Refused(400, 'PGRST122', 'Invalid preferences given with handling=strict', invalid)
  }
  if (target.kind === 'function' && !isReading(method) && method !== 'POST' && method !== 'OPTIONS') {
    throw new Refused(405, 'PGRST101', `Cannot use the ${method} method on RPC`)
  }
  const search = new URL(request.url).searchParams
  return {
    call,
    method,
    headers,
    target,
    schema,
    query: readQuery(search, target.kind === 'function' && isReading(method)),
    search,
    preferences,
    body,
  }
}

function targetOf(path: string, schema: string): Target {
  const [first = '', second, ...rest] = path
    .replace(/^\//, '')
    .split('/')
    .map((part) => decodeURIComponent(part))
  if (first === '' && second === undefined) return { kind: 'root' }
  if (first === 'rpc' && second && rest.length === 0)
    return { kind: 'function', name: { schema, name: second } }
  if (second === undefined) return { kind: 'table', name: { schema, name: first } }
  throw new Refused(404, 'PGRST125', 'Invalid path specified in request URL')
}

function schemaOf(headers: Headers, reads: boolean, schemas: string[]): string {
  const given = headers.get(reads ? 'accept-profile' : 'content-profile')
  const name = given === null ? schemas[0] : Buffer.from(given, 'latin1').toString()
  if (name === undefined || !schemas.includes(name)) {
    const exposed = `Only the following schemas are exposed: ${schemas.join(', ')}`
    throw new Refused(406, 'PGRST106', `Invalid schema: ${name}`, null, exposed)
  }
  return name
}
