import type { Catalogue, Table } from './catalogue.ts'
import type { Logic } from './conditions.ts'
import { Refused } from './fault.ts'
import { findRelationship } from './find-relationship.ts'
import type { At, OrderTerm, Query, Range } from './query.ts'
import { isToOne, type Relationship } from './relationships.ts'
import type { Selected, SelectedField, SelectedRelation } from './select.ts'
import type { Name } from './sql-text.ts'

/** What is read of one relation, with what is embedded in its rows. */
export type Node = {
  /** The table whose columns it has; none for a function's own. */
  table: Table | undefined
  relation: Name
  /** How the statement calls it. */
  alias: string
  fields: SelectedField[]
  children: Child[]
  where: Logic[]
  order: OrderTerm[]
  limit?: number
  offset?: number
}
export type Child = Node & {
  relationship: Relationship
  isOne: boolean
  name: string
  /** The alias or the name: under this it is in the answer. */
  key: string
  join: 'inner' | 'left'
  isSpread: boolean
  /** The rows of it, for one row of the relation it is embedded in. */
  lateral: string
}

/** Puts everything that a query says where it is about. */
export function plan(
  query: Query,
  root: Omit<Node, 'fields' | 'children' | 'where' | 'order'>,
  catalogue: Catalogue,
  mostRows: number | undefined,
): Node {
  const node: Node = { ...root, fields: [], children: [], where: [], order: [] }
  fill(node, query.select, catalogue, 1)
  for (const { path, said } of query.filters) at(node, path).where.push(said)
  for (const { path, said } of query.order) at(node, path).order.push(...said)
  placeRanges(node, query.ranges)
  if (mostRows !== undefined) restrict(node, mostRows)
  return node
}

function fill(node: Node, items: Selected[], catalogue: Catalogue, depth: number): void {
  for (const item of items) {
    if (item.kind === 'field') node.fields.push(item)
    else node.children.push(childOf(node, item, catalogue, depth))
  }
}

function childOf(parent: Node, item: SelectedRelation, catalogue: Catalogue, depth: number): Child {
  const { name, hint, join = 'left', isSpread } = item
  const from = parent.table ?? parent.relation
  const parents = catalogue.tables(from.schema)
  const relationship = findRelationship(catalogue.relationships(from), from, name, hint, parents)
  const key = item.alias ?? name
  const child: Child = {
    table: catalogue.table(relationship.to),
    relation: relationship.to,
    alias: `${relationship.to.name}_${depth}`,
    fields: [],
    children: [],
    where: [],
    order: [],
    relationship,
    isOne: isToOne(relationship),
    name,
    key,
    join,
    isSpread,
    lateral: `${parent.alias}_${key}_${depth}_${parent.children.length}`,
  }
  fill(child, item.items, catalogue, depth + 1)
  return child
}

/** The resource that a path leads to; PostgREST takes the alias or the name. */
function at(node: Node, path: string[]): Node {
  let here: Node = node
  for (const part of path) {
    const next: Child | undefined =
      here.children.find(({ key }) => key === part) ?? here.children.find(({ name }) => name === part)
    if (!next) throw notEmbedded(part)
    here = next
  }
  return here
}

export const notEmbedded = (name: string) =>
  new Refused(
    400,
    'PGRST108',
    `'${name}' is not an embedded resource in this request`,
    null,
    `Verify that '${name}' is included in the 'select' query parameter.`,
  )

function placeRanges(node: Node, ranges: At<Range>[]): void {
  for (const { path, said } of ranges) {
    const place = at(node, path)
    if (said.limit !== undefined) {
      if (said.limit < 0) throw badRange('Limit should be greater than or equal to zero.')
      place.limit ??= said.limit
    }
    if (said.offset !== undefined) place.offset ??= Math.max(said.offset, 0)
  }
}

export const badRange = (details: string) =>
  new Refused(416, 'PGRST103', 'Requested range not satisfiable', details)

function restrict(node: Node, mostRows: number): void {
  node.limit = Math.min(node.limit ?? mostRows, mostRows)
  for (const child of node.children) restrict(child, mostRows)
}

/** The embedded resource that a filter on its being there is about. */
export const embeddedAs = (node: Node, name: string) => node.children.find(({ key }) => key === name)

/** What a field that gives its parent's rows columns is called there. */
export const columnsOf = ({ table }: Node): string[] => [...(table?.columns.keys() ?? [])]
