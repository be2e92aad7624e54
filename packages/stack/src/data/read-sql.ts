import { fieldSql, inRows, logicSql, type Presence } from './condition-sql.ts'
import { Refused } from './fault.ts'
import { type Child, type Node, notEmbedded } from './plan.ts'
import type { OrderTerm } from './query.ts'
import type { Pair } from './relationships.ts'
import { nameOf, type SelectedField } from './select.ts'
import { spreadItems, spreadRows } from './spread-sql.ts'
import { ident, type Parameters, qualified } from './sql-text.ts'

/** Something that is selected: what it is, and under which name. */
export type Item = { sql: string; name?: string; isAggregate?: boolean }

/** The rows of a relation, with what is embedded in each. */
export function readSql(node: Node, parameters: Parameters): string {
  return rowsSql(node, itemsOf(node), parameters)
}

export function rowsSql(node: Node, items: Item[], parameters: Parameters): string {
  const list = items.map(({ sql, name }) => (name === undefined ? sql : `${sql} as ${ident(name)}`))
  return [
    `select ${list.length > 0 ? list.join(', ') : '1 as pgrst_one'}`,
    `from ${source(node)}`,
    ...node.children.map((child) => joined(child, parameters)),
    whereSql(node, parameters, inRows),
    groups(items),
    orderSql(node),
    ...(node.limit === undefined ? [] : [`limit ${node.limit}`]),
    ...(node.offset ? [`offset ${node.offset}`] : []),
  ]
    .filter(Boolean)
    .join(' ')
}

export const itemsOf = (node: Node): Item[] => [
  ...node.fields.map((field) => ({ ...fieldItem(node, field), isAggregate: field.aggregate !== undefined })),
  ...node.children.flatMap((child) => embeddedItems(child)),
]

/** Under its own name a column goes as it is. */
export function fieldItem(node: Node, field: SelectedField): Item {
  const { aggregate, aggregateCast } = field
  if (field.field.name === '*' && !aggregate) return { sql: fieldSql(node, field.field) }
  const sql = aggregate ? aggregated(aggregate, raw(node, field), aggregateCast) : raw(node, field)
  return { sql, name: nameOf(field) }
}

/** What an aggregate is of: everything, or a field as some type. */
export function raw(node: Node, { field, cast, aggregate }: SelectedField): string {
  if (field.name === '*' && aggregate) return '*'
  const sql = fieldSql(node, field)
  return cast === undefined ? sql : `cast(${sql} as ${cast})`
}

export function aggregated(aggregate: string, of: string, cast: string | undefined): string {
  const sql = `${aggregate}(${of})`
  return cast === undefined ? sql : `cast(${sql} as ${cast})`
}

const isEmpty = (node: Node): boolean => node.fields.length === 0 && node.children.every(isEmpty)

function embeddedItems(child: Child): Item[] {
  if (child.isSpread) return spreadItems(child)
  if (isEmpty(child)) return []
  const whole = ident(child.lateral)
  const sql = child.isOne ? `row_to_json(${whole}.*)::jsonb` : `coalesce(${whole}.${whole}, '[]')`
  return [{ sql, name: child.key }]
}

function joined(child: Child, parameters: Parameters): string {
  const whole = ident(child.lateral)
  const isInner = child.join === 'inner'
  const kind = `${isInner ? 'inner' : 'left'} join lateral`
  if (child.isSpread)
    return `${kind} (${spreadRows(child, parameters)}) as ${whole} on ${isInner && !child.isOne ? `${whole}.pgrst_rows > 0` : 'true'}`
  const rows = readSql(child, parameters)
  if (child.isOne) return `${kind} (${rows}) as ${whole} on true`
  const list = `select json_agg(${whole})::jsonb as ${whole} from (${rows}) as ${whole}`
  return `${kind} (${list}) as ${whole} on ${isInner ? `${whole}.${whole} is not null` : 'true'}`
}

/** A relation under its own name needs no other. */
function source(node: Node | Child): string {
  const { relation, alias } = node
  const named = alias === relation.name ? '' : ` as ${ident(alias)}`
  if (!('relationship' in node)) return `${qualified(relation)}${named}`
  const { relationship } = node
  if (relationship.kind === 'computed') {
    const row = `${ident(parentAlias(node))}::${qualified(relationship.from)}`
    return `${qualified(relationship.function)}(${row}) as ${ident(alias)}`
  }
  if (relationship.kind !== 'many-to-many') return `${qualified(relation)}${named}`
  const { table, toOther } = relationship.junction
  const on = equal(ident(junctionOf(node)), toOther, ident(alias))
  return `${qualified(relation)}${named} inner join ${qualified(table)} as ${ident(junctionOf(node))} on ${on}`
}

const junctionOf = ({ alias }: Node) => `${alias}_junction`
const equal = (one: string, pairs: Pair[], other: string) =>
  pairs.map(([column, its]) => `${one}.${ident(column)} = ${other}.${ident(its)}`).join(' and ')

const parents = new WeakMap<Child, Node>()
/** Tells each embedded resource in whose rows it is; before anything is written. */
export function tellParents(node: Node): void {
  for (const child of node.children) {
    parents.set(child, node)
    tellParents(child)
  }
}
const parentAlias = (child: Child) => parents.get(child)?.alias ?? ''

/** What ties the rows of an embedded resource to the row they are embedded in. */
function tie(child: Child): string[] {
  const { relationship, alias } = child
  const parent = ident(parentAlias(child))
  if (relationship.kind === 'computed') return []
  if (relationship.kind === 'many-to-many') {
    return [equal(ident(junctionOf(child)), relationship.junction.toOne, parent)]
  }
  return [equal(parent, relationship.pairs, ident(alias))]
}

function whereSql(
  node: Node | Child,
  parameters: Parameters,
  presence: Presence,
  more: string[] = [],
): string {
  const ties = 'relationship' in node ? tie(node) : []
  const conditions = [
    ...ties,
    ...node.where.map((logic) => logicSql(node, logic, parameters, presence)),
    ...more,
  ]
  return conditions.length > 0 ? `where ${conditions.join(' and ')}` : ''
}

/** With an aggregate among them all others are what it is by. */
function groups(items: Item[]): string {
  if (!items.some(({ isAggregate }) => isAggregate)) return ''
  const places = items.flatMap(({ isAggregate }, at) => (isAggregate ? [] : [at + 1]))
  return places.length > 0 ? `group by ${places.join(', ')}` : ''
}

function orderSql(node: Node): string {
  if (node.order.length === 0) return ''
  const terms = node.order.map((term) =>
    [orderedBy(node, term), term.direction, term.nulls].filter(Boolean).join(' '),
  )
  return `order by ${terms.join(', ')}`
}

function orderedBy(node: Node, { field, relation }: OrderTerm): string {
  if (relation === undefined) return fieldSql(node, field)
  const child = node.children.find(({ key, name }) => key === relation || name === relation)
  if (!child) throw notEmbedded(relation)
  if (!child.isOne) {
    const rule = `'${node.relation.name}' and '${relation}' do not form a many-to-one or one-to-one relationship`
    throw new Refused(400, 'PGRST118', `A related order on '${relation}' is not possible`, rule)
  }
  // What is spread is there already, and where rows are grouped it is part of the group.
  if (child.isSpread && field.path.length === 0 && isGiven(child, field.name)) {
    return `${ident(child.lateral)}.${ident(field.name)}`
  }
  const ties = tie(child)
  const where = ties.length > 0 ? ` where ${ties.join(' and ')}` : ''
  return `(select ${fieldSql(child, field)} from ${source(child)}${where} limit 1)`
}

const isGiven = ({ fields, table }: Node, name: string) =>
  fields.some((each) => nameOf(each) === name || (each.field.name === '*' && table?.columns.has(name)))

/** One row for each that there is, whatever part of them is read: embedding counts where it leaves rows out. */
export function countSql(node: Node | Child, parameters: Parameters): string {
  const exists: Presence = (child, isThere) =>
    `${isThere ? '' : 'not '}exists (${countSql(child, parameters)})`
  const inner = node.children.filter(({ join }) => join === 'inner')
  const more = inner.map((child) => exists(child, true))
  return `select 1 from ${source(node)} ${whereSql(node, parameters, exists, more)}`
}
