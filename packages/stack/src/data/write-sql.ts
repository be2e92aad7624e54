import type { Table } from './catalogue.ts'
import { inRows, logicSql } from './condition-sql.ts'
import type { Logic } from './conditions.ts'
import type { Node } from './plan.ts'
import { ident, literal, type Parameters, qualified } from './sql-text.ts'

/** The rows of a body, as JSON text, and which of their columns are written. */
export type Body = { text: string; columns: string[]; withDefaults: boolean }
export type Conflict = { columns: string[]; ignore: boolean }

const list = (columns: string[], of?: string) =>
  columns.map((name) => (of ? `${of}.${ident(name)}` : ident(name))).join(', ')

/** `where` is for a row that is put in one place: what it must be. */
export function insertSql(
  table: Table,
  body: Body,
  conflict: Conflict | undefined,
  where: Logic[],
  returned: string,
  parameters: Parameters,
): string {
  const node = nodeOf(table, 'pgrst_body')
  const isCounted = (conflict && !conflict.ignore) || where.length > 0
  const conditions = [
    ...(isCounted ? [`${counting('+ 1')} <> '0'`] : []),
    ...where.map((logic) => logicSql(node, logic, parameters, inRows)),
  ]
  return [
    `insert into ${qualified(table)}${body.columns.length > 0 ? ` (${list(body.columns)})` : ''}`,
    rowsOf(table, body, '', parameters),
    ...(conditions.length > 0 ? [`where ${conditions.join(' and ')}`] : []),
    ...(conflict ? [onConflict(conflict, body.columns)] : []),
    `returning ${returned}`,
  ].join(' ')
}

function onConflict({ columns, ignore }: Conflict, written: string[]): string {
  const target = `on conflict (${list(columns)})`
  if (ignore || written.length === 0) return `${target} do nothing`
  const sets = written.map((name) => `${ident(name)} = excluded.${ident(name)}`)
  return `${target} do update set ${sets.join(', ')} where ${counting('- 1')} <> '-1'`
}

/*
 * How many of the rows are new shows in the status of an upsert. There is no column for it, so it is counted on the way,
 * in a setting of the transaction: one up for each row, one down for each that was there.
 */
const counted = `coalesce(nullif(current_setting('pgrst.inserted', true), '')::int, 0)`
const counting = (step: string) => `set_config('pgrst.inserted', (${counted} ${step})::text, true)`

export function updateSql(
  table: Table,
  body: Body,
  where: Logic[],
  returned: string,
  parameters: Parameters,
): string {
  const sets = body.columns.map((name) => `${ident(name)} = pgrst_body.${ident(name)}`)
  return [
    `update ${qualified(table)} set ${sets.join(', ')}`,
    `from (${rowsOf(table, body, 'limit 1', parameters)}) as pgrst_body`,
    conditionsOf(table, where, parameters),
    `returning ${returned}`,
  ].join(' ')
}

export const deleteSql = (table: Table, where: Logic[], returned: string, parameters: Parameters) =>
  [`delete from ${qualified(table)}`, conditionsOf(table, where, parameters), `returning ${returned}`].join(
    ' ',
  )

/** A change that changes nothing, but has the columns that one would have. */
export const nothingSql = (table: Table, returned: string) =>
  `select ${returned} from ${qualified(table)} where false`

function conditionsOf(table: Table, where: Logic[], parameters: Parameters): string {
  const node = nodeOf(table, table.name)
  const conditions = where.map((logic) => logicSql(node, logic, parameters, inRows))
  return conditions.length > 0 ? `where ${conditions.join(' and ')}` : ''
}

const nodeOf = (table: Table, alias: string): Node => ({
  table,
  relation: table,
  alias,
  fields: [],
  children: [],
  where: [],
  order: [],
})

/** Postgres reads the body by the types of the columns, so that no number or text in it changes on the way. */
function rowsOf(
  table: Table,
  { text, columns, withDefaults }: Body,
  rest: string,
  parameters: Parameters,
): string {
  const body = parameters.add(text)
  if (columns.length === 0) return `select from json_array_elements(${body}::json) as pgrst_body ${rest}`
  const known = columns.map((name) => ({ name, column: table.columns.get(name) }))
  const types = known.map(({ name, column }) => `${ident(name)} ${column?.type ?? 'text'}`).join(', ')
  const selected = `select ${list(columns, 'pgrst_body')} from`
  if (!withDefaults) return `${selected} json_to_recordset(${body}::json) as pgrst_body(${types}) ${rest}`
  const defaults = known
    .filter(({ column }) => column?.default)
    .map(({ name, column }) => `${literal(name)}, ${column?.default}`)
    .join(', ')
  const merged = `jsonb_build_object(${defaults}) || pgrst_given`
  return `${selected} jsonb_array_elements(${body}::jsonb) as pgrst_given, jsonb_to_record(${merged}) as pgrst_body(${types}) ${rest}`
}
