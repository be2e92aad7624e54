import { type Act, emptyRoot, finish, given, type Kind, tableOf } from './acts.ts'
import type { Asked } from './asked.ts'
import { readPayload } from './body.ts'
import type { Catalogue, Table } from './catalogue.ts'
import type { Logic } from './conditions.ts'
import { Refused } from './fault.ts'
import { chooseMedia } from './media.ts'
import { plan } from './plan.ts'
import { tellParents } from './read-sql.ts'
import { returning } from './returning.ts'
import type { Name, Parameters } from './sql-text.ts'
import { type Conflict, deleteSql, insertSql, nothingSql, updateSql } from './write-sql.ts'

export function writeAct(asked: Asked, name: Name, catalogue: Catalogue): Act {
  const table = tableOf(name, catalogue)
  const kind = kindOf(asked)
  const { return: wanted } = asked.preferences
  const isTold = wanted === 'representation'
  const { filters, ranges, ...rest } = asked.query
  if (kind === 'put' && ranges.length > 0) {
    throw new Refused(400, 'PGRST114', 'limit/offset querystring parameters are not allowed for PUT')
  }
  const own = filters.filter(({ path }) => path.length === 0).map(({ said }) => said)
  const query = {
    ...rest,
    ranges: ranges.filter(({ path }) => path.length > 0),
    filters: filters.filter(({ path }) => path.length > 0),
  }
  const node = plan(
    isTold ? query : { ...query, select: [], order: [], filters: [] },
    emptyRoot(given, table, 'pgrst_source'),
    catalogue,
    undefined,
  )
  tellParents(node)
  const media = chooseMedia(asked.headers.get('accept') ?? undefined, null)
  const location = kind !== 'delete' && kind !== 'update' && wanted === 'headers-only' ? table.key : []
  const returned = (of: string) => returning(node, of, location)
  const change = changeOf(asked, kind, table, own)
  const act = finish(asked, kind, node, media, undefined, (parameters) => ({
    source: change(parameters, returned),
    location,
  }))
  return { ...act, isTold }
}

type Change = (parameters: Parameters, returned: (of: string) => string) => string

function changeOf(asked: Asked, kind: Kind, table: Table, where: Logic[]): Change {
  if (kind === 'delete')
    return (parameters, returned) => deleteSql(table, where, returned(table.name), parameters)
  const type = asked.headers.get('content-type') ?? 'application/json'
  const payload = readPayload(type, Buffer.from(asked.body).toString(), asked.query.columns)
  const unknown = payload.names.find((name) => !table.columns.has(name))
  if (unknown !== undefined) {
    throw new Refused(
      400,
      'PGRST204',
      `Could not find the '${unknown}' column of '${table.name}' in the schema cache`,
    )
  }
  const body = {
    text: payload.text,
    columns: payload.names,
    withDefaults: asked.preferences.missing === 'default',
  }
  if (kind === 'update') {
    if (payload.names.length === 0 || payload.count === 0)
      return (_, returned) => nothingSql(table, returned(table.name))
    return (parameters, returned) => updateSql(table, body, where, returned(table.name), parameters)
  }
  if (kind === 'put') checkPut(table, where)
  const conflict = conflictOf(asked, kind, table)
  return (parameters, returned) =>
    insertSql(table, body, conflict, kind === 'put' ? where : [], returned(table.name), parameters)
}

function conflictOf({ query, preferences }: Asked, kind: Kind, table: Table): Conflict | undefined {
  if (kind === 'insert') return undefined
  const columns = query.onConflict ?? table.key
  return columns.length === 0
    ? undefined
    : { columns, ignore: preferences.resolution === 'ignore-duplicates' && kind !== 'put' }
}

/** One row is put in one place: the whole key says where, and the row says the same. */
function checkPut(table: Table, where: Logic[]): void {
  const places = where.map((logic) =>
    logic.kind === 'filter' &&
    !logic.not &&
    logic.operation.kind === 'compare' &&
    logic.operation.sql === '=' &&
    !logic.operation.quantifier
      ? logic.field.name
      : undefined,
  )
  const isKey = places.length === table.key.length && table.key.every((name) => places.includes(name))
  if (!isKey || table.key.length === 0) {
    throw new Refused(
      405,
      'PGRST105',
      "Filters must include all and only primary key columns with 'eq' operators",
    )
  }
}

function kindOf({ method, preferences }: Asked): Kind {
  if (method === 'PATCH') return 'update'
  if (method === 'PUT') return 'put'
  if (method === 'DELETE') return 'delete'
  return preferences.resolution === undefined ? 'insert' : 'upsert'
}
