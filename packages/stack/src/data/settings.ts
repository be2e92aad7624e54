import type { Asked } from './asked.ts'
import type { Configuration } from './configuration.ts'
import type { Setting } from './database.ts'
import { ident } from './sql-text.ts'

/**
 * The settings PostgREST makes for a transaction, in its order: the role's own come before the role, which may not be
 * allowed to make them.
 */
export function settingsOf(
  { call, schema, preferences }: Asked,
  ofRoutine: Setting[],
  { ofRole }: Configuration,
  searchPath: string[],
): Setting[] {
  const { role, claims, userId } = call.caller
  const { timezone } = preferences
  return [
    ['search_path', [schema, ...searchPath].map(ident).join(', ')],
    ...(ofRole.get(role)?.settings ?? []),
    ['role', role],
    ['request.jwt.claims', JSON.stringify({ ...claims, role })],
    ['request.jwt.claim.sub', userId ?? ''],
    ['request.jwt.claim.role', role],
    ['request.method', call.method],
    ['request.path', call.path],
    ['request.headers', JSON.stringify(call.headers)],
    ['request.cookies', JSON.stringify(cookies(call.headers.cookie))],
    ...(timezone === undefined ? [] : [['timezone', timezone] satisfies Setting]),
    ...ofRoutine,
  ]
}

function cookies(header = ''): Record<string, string> {
  const pairs = header.split(';').map((pair) => {
    const at = pair.indexOf('=')
    return [pair.slice(0, Math.max(at, 0)).trim(), pair.slice(at + 1).trim()]
  })
  return Object.fromEntries(pairs.filter(([name]) => name))
}
