import type { Asked } from './asked.ts'
import { callSql } from './call-sql.ts'
import type { Catalogue, Table } from './catalogue.ts'
import { Refused } from './fault.ts'
import { invocation } from './invoke.ts'
import { chooseMedia, type Media } from './media.ts'
import { nearest } from './nearest.ts'
import { type Node, plan } from './plan.ts'
import { applied } from './preferences.ts'
import { applyRange } from './range.ts'
import { countSql, readSql, tellParents } from './read-sql.ts'
import { resultSql, type Shape } from './result-sql.ts'
import { returning } from './returning.ts'
import type { Routine } from './routines.ts'
import { type Name, Parameters } from './sql-text.ts'

export type Kind = 'read' | 'insert' | 'upsert' | 'update' | 'delete' | 'put' | 'call'

/** A statement for a request, and what there is to know of it when its result is there. */
export type Act = {
  kind: Kind
  text: string
  values: unknown[]
  media: Media
  node: Node
  routine?: Routine
  /** Whether the rows themselves are answered. */
  isTold: boolean
  preferenceApplied: string | undefined
  /** What an estimate of all rows is made of. */
  estimate?: { text: string; values: unknown[] }
}

export const emptyRoot = (relation: Name, table: Table | undefined, alias: string) => ({
  relation,
  table,
  alias,
})
export const given = { schema: '', name: 'pgrst_source' }

export function readAct(asked: Asked, name: Name, catalogue: Catalogue, mostRows: number | undefined): Act {
  const table = tableOf(name, catalogue)
  const node = plan(asked.query, emptyRoot(name, table, name.name), catalogue, mostRows)
  tellParents(node)
  if (asked.method === 'GET') applyRange(node, asked.headers.get('range'))
  const media = chooseMedia(asked.headers.get('accept') ?? undefined, null)
  return finish(asked, 'read', node, media, mostRows, () => ({ source: undefined }))
}

export function callAct(asked: Asked, name: Name, catalogue: Catalogue, mostRows: number | undefined): Act {
  const type = asked.headers.get('content-type') ?? 'application/json'
  const isQuery = asked.method !== 'POST'
  const { routine, given: args } = invocation(name, asked.query, isQuery, type, asked.body, catalogue)
  const { handling, maxAffected } = asked.preferences
  if (handling === 'strict' && maxAffected !== undefined && !routine.isSet) {
    const rule = 'max-affected preference is used with handling=strict'
    throw new Refused(400, 'PGRST128', `Function must return SETOF or TABLE when ${rule}`)
  }
  const table = routine.table ? catalogue.table(routine.table) : undefined
  const root = emptyRoot({ ...given, ...(routine.table && { schema: '' }) }, table, 'pgrst_source')
  const node = plan(asked.query, root, catalogue, mostRows)
  tellParents(node)
  if (asked.method === 'GET') applyRange(node, asked.headers.get('range'))
  const media = chooseMedia(asked.headers.get('accept') ?? undefined, routine.isSet ? null : routine.media)
  const act = finish(asked, 'call', node, media, mostRows, (parameters) => ({
    source: callSql(routine, args, returning(node, 'pgrst_call'), parameters),
    isScalar: routine.returns !== 'rows',
    isOne: !routine.isSet,
  }))
  return { ...act, routine }
}

/** Everything that is alike for whatever is asked: the statement around the rows, the count, the preferences. */
export function finish(
  asked: Asked,
  kind: Kind,
  node: Node,
  media: Media,
  mostRows: number | undefined,
  shape: (parameters: Parameters) => Partial<Shape> & { source: string | undefined },
): Act {
  const parameters = new Parameters()
  const { count } = asked.preferences
  const reads = kind === 'read' || kind === 'call'
  const own = shape(parameters)
  const rows = readSql(own.isScalar ? scalar(node) : node, parameters)
  const counted =
    reads && (count === 'exact' || count === 'estimated') ? countSql(node, parameters) : undefined
  const limited = count === 'estimated' && mostRows !== undefined ? ` limit ${mostRows + 1}` : ''
  const isTold = reads || asked.preferences.return === 'representation'
  const text = resultSql({
    isScalar: false,
    isOne: false,
    location: [],
    ...own,
    rows,
    total: counted === undefined ? undefined : counted + limited,
    media,
    isSilent: !isTold || asked.method === 'HEAD',
  })
  const act: Act = {
    kind,
    text,
    values: parameters.values,
    media,
    node,
    isTold,
    preferenceApplied: toldPreferences(asked, kind, node),
  }
  if (kind !== 'read' || (count !== 'planned' && count !== 'estimated')) return act
  const estimated = new Parameters()
  return {
    ...act,
    estimate: { text: `explain (format json) ${countSql(node, estimated)}`, values: estimated.values },
  }
}

const scalar = (node: Node): Node => ({
  ...node,
  fields: [{ kind: 'field', field: { name: 'pgrst_scalar', path: [] } }],
  children: [],
})

function toldPreferences({ preferences, query }: Asked, kind: Kind, { table }: Node) {
  const isResolved = (table?.key.length ?? 0) > 0 || query.onConflict !== undefined
  const { resolution: _, ...others } = preferences
  return applied(isResolved ? preferences : others, kind)
}

export function tableOf(name: Name, catalogue: Catalogue): Table {
  const table = catalogue.table(name)
  if (table) return table
  const meant = nearest(name.name, catalogue.tables(name.schema), 0.75)
  throw new Refused(
    404,
    'PGRST205',
    `Could not find the table '${name.schema}.${name.name}' in the schema cache`,
    null,
    meant === undefined ? null : `Perhaps you meant the table '${name.schema}.${meant}'`,
  )
}
