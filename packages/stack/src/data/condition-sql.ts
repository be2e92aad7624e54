import type { Filter, Logic, Operation } from './conditions.ts'
import { Refused } from './fault.ts'
import { type Child, embeddedAs, type Node } from './plan.ts'
import type { Field } from './reader.ts'
import { ident, literal, type Parameters } from './sql-text.ts'

/** A column, or what is at a path in it: what is no JSON is read as if it were. */
export function fieldSql({ alias, table }: Node, { name, path }: Field): string {
  if (name === '*') return `${ident(alias)}.*`
  const column = `${ident(alias)}.${ident(name)}`
  if (path.length === 0) return column
  const known = table?.columns.get(name)
  const steps = path.map(({ arrow, key }) => `${arrow}${typeof key === 'number' ? key : literal(key)}`)
  return `(${known && !known.isJson ? `to_jsonb(${column})` : column}${steps.join('')})`
}

/** How a filter on whether an embedded resource is there is said: of the rows read, or of those counted. */
export type Presence = (child: Child, isThere: boolean) => string

export const inRows: Presence = ({ lateral, isOne, isSpread }, isThere) => {
  const whole = ident(lateral)
  if (!isOne && isSpread) return `${whole}.pgrst_rows ${isThere ? '>' : '='} 0`
  if (!isOne) return `${whole}.${whole} is ${isThere ? 'not null' : 'null'}`
  return `${whole} is ${isThere ? 'distinct' : 'not distinct'} from null`
}

export function logicSql(node: Node, logic: Logic, parameters: Parameters, presence: Presence): string {
  if (logic.kind === 'filter') return filterSql(node, logic, parameters, presence)
  const members = logic.members.map((each) => logicSql(node, each, parameters, presence))
  return `${logic.not ? 'not ' : ''}(${members.join(` ${logic.operator} `)})`
}

function filterSql(node: Node, filter: Filter, parameters: Parameters, presence: Presence): string {
  const { field, not, operation } = filter
  const named = field.path.length === 0 ? embeddedAs(node, field.name) : undefined
  // A column of that name is filtered by what is in it.
  const child = operation.kind === 'is' || !node.table?.columns.has(field.name) ? named : undefined
  if (child) return presence(child, isThere(child, not, operation))
  const sql = operationSql(node, field, operation, parameters)
  return not ? `not (${sql})` : sql
}

function isThere({ key }: Child, not: boolean, operation: Operation): boolean {
  if (operation.kind === 'is' && operation.state === 'null') return not
  if (operation.kind === 'is' && operation.state === 'not_null') return !not
  const rule = 'Only is null or not is null filters are allowed on embedded resources'
  throw new Refused(400, 'PGRST120', `Bad operator on the '${key}' embedded resource`, rule)
}

function operationSql(node: Node, field: Field, operation: Operation, parameters: Parameters): string {
  const sql = fieldSql(node, field)
  switch (operation.kind) {
    case 'compare': {
      const { value, isPattern, quantifier } = operation
      const given = parameters.add(isPattern ? value.replaceAll('*', '%') : value)
      return `${sql} ${operation.sql} ${quantifier ? `${quantifier}(${given})` : given}`
    }
    case 'in':
      return `${sql} = any(${parameters.add(asArray(operation.values))})`
    case 'is':
      return `${sql} is ${operation.state.replace('_', ' ')}`
    case 'search': {
      const config = operation.config === undefined ? '' : `${parameters.add(operation.config)}::regconfig, `
      const isVector = field.path.length === 0 && node.table?.columns.get(field.name)?.isTsvector !== false
      const vector = isVector ? sql : `to_tsvector(${config}${sql})`
      return `${vector} @@ ${operation.search}(${config}${parameters.add(operation.value)})`
    }
  }
}

/** One array, so that a list may be long, and an empty one is a list. */
const asArray = (values: string[]) =>
  values.length === 1 && values[0] === ''
    ? '{}'
    : `{${values.map((value) => `"${value.replace(/["\\]/g, '\\$&')}"`).join(',')}}`
