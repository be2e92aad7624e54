import type { Act } from './acts.ts'
import type { Asked } from './asked.ts'
import { fault, Refused } from './fault.ts'
import { contentRange, rangeStatus } from './range.ts'
import type { Result } from './result-sql.ts'
import { readSaid } from './said.ts'

/** Whether it depends on the result whether it is to last. */
export const mayBeRefused = (asked: Asked, act: Act): boolean =>
  act.kind === 'put' || act.media.kind === 'object' || mostAffected(asked, act) < Number.POSITIVE_INFINITY

function mostAffected({ preferences: { handling, maxAffected } }: Asked, { kind }: Act): number {
  const isLimited = kind === 'update' || kind === 'delete' || kind === 'call'
  return (isLimited && handling === 'strict' ? maxAffected : undefined) ?? Number.POSITIVE_INFINITY
}

/** Refuses what must not last: more rows than were meant, or not the one. */
export function checkResult(asked: Asked, act: Act, result: Result): void {
  const { kind, media } = act
  const page = Number(result.page)
  if (page > mostAffected(asked, act)) {
    const message = 'Query result exceeds max-affected preference constraint'
    throw new Refused(400, 'PGRST124', message, `The query affects ${page} rows`)
  }
  if (kind === 'put' && page !== 1) {
    throw new Refused(400, 'PGRST115', 'Payload values do not match URL in primary key column(s)')
  }
  if (media.kind === 'object' && page !== 1) {
    throw new Refused(
      406,
      'PGRST116',
      'Cannot coerce the result to a single JSON object',
      `The result contains ${page} rows`,
    )
  }
}

export function respond(asked: Asked, act: Act, result: Result, total: number | undefined): Response {
  const said = readSaid(result.status, result.headers)
  if (said instanceof Response) return said
  const { status, headers, isTold } = plain(asked, act, result, total)
  if (status === 416) return outOfRange(act, total ?? 0)
  if (act.preferenceApplied) headers.set('preference-applied', act.preferenceApplied)
  if (isTold) {
    headers.set('content-type', act.media.type)
    headers.set('content-profile', Buffer.from(asked.schema).toString('latin1'))
  }
  const own = new Set(said.headers.map(([name]) => name.toLowerCase()))
  for (const name of own) headers.delete(name)
  for (const [name, value] of said.headers) headers.append(name, value)
  const final = said.status ?? status
  const isEmpty = !isTold || asked.method === 'HEAD' || [101, 204, 205, 304].includes(final)
  const body = isEmpty ? null : typeof result.body === 'string' ? result.body : new Uint8Array(result.body)
  return new Response(body, { status: final, headers })
}

type Plain = { status: number; headers: Headers; isTold: boolean }

function plain(asked: Asked, act: Act, result: Result, total: number | undefined): Plain {
  const page = Number(result.page)
  const headers = new Headers()
  if (act.kind === 'read' || act.kind === 'call') {
    const lower = act.node.offset ?? 0
    headers.set('content-range', contentRange(lower, lower + page - 1, total))
    if (act.kind === 'read') headers.set('content-location', locationOf(asked))
    if (act.routine?.returns === 'void') return { status: 204, headers, isTold: false }
    return { status: rangeStatus(lower, page, total), headers, isTold: true }
  }
  const counted = asked.preferences.count ? page : undefined
  const { isTold } = act
  if (act.kind === 'update') headers.set('content-range', contentRange(0, page - 1, counted))
  else if (act.kind !== 'put') headers.set('content-range', contentRange(1, 0, counted))
  if (act.kind === 'update' || act.kind === 'delete') return { status: isTold ? 200 : 204, headers, isTold }
  const isNew = Number(result.inserted ?? 0) > 0
  if (act.kind === 'put') return { status: isTold ? (isNew ? 201 : 200) : 204, headers, isTold }
  if (result.location) headers.set('location', placeOf(asked, result.location))
  const isMerged =
    asked.preferences.resolution === 'merge-duplicates' &&
    (asked.query.onConflict || act.node.table?.key.length)
  return { status: isMerged && !isNew ? 200 : 201, headers, isTold }
}

function outOfRange({ node }: Act, total: number): Response {
  const rows = `An offset of ${node.offset ?? 0} was requested, but there are only ${total} rows.`
  const answer = fault(416, 'PGRST103', 'Requested range not satisfiable', rows)
  answer.headers.set('content-range', contentRange(1, 0, total))
  return answer
}

const encoded = (pairs: [string, string][]) =>
  pairs.map((pair) => pair.map(encodeURIComponent).join('=')).join('&')

/** The path and the query in an order of their own, as PostgREST has them. */
function locationOf({ call, search }: Asked): string {
  const sorted = [...search].sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
  return sorted.length === 0 ? call.path : `${call.path}?${encoded(sorted)}`
}

/** Where the first of the new rows is: by its key. */
function placeOf({ call }: Asked, location: string): string {
  const row: Record<string, string | null> = JSON.parse(location)
  const pairs = Object.entries(row).map(([name, value]): [string, string] => [
    name,
    value === null ? 'is.null' : `eq.${value}`,
  ])
  return `${call.path}?${encoded(pairs)}`
}
