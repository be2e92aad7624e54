import { Refused } from './fault.ts'
import { type Child, columnsOf, type Node } from './plan.ts'
import { aggregated, fieldItem, type Item, itemsOf, raw, rowsSql } from './read-sql.ts'
import { ident, type Parameters } from './sql-text.ts'

/*
 * A spread resource gives its columns to the rows it would be embedded in: as they are where there is one row of it, as
 * lists where there are many. An aggregate of what is one row each is one over the outer rows.
 */

/** What comes out of a spread resource's rows: a column, and what is to be made of it outside. */
type Output = { name: string; item: Item; outside: (column: string) => string; isAggregate: boolean }

function outputs(child: Child): Output[] {
  return [
    ...child.fields.flatMap((field, at): Output[] => {
      const { aggregate, aggregateCast } = field
      if (field.field.name === '*' && !aggregate) return columnsOf(child).map((name) => plain(child, name))
      const item = fieldItem(child, field)
      if (!aggregate)
        return [{ name: item.name ?? '', item, outside: (column) => column, isAggregate: false }]
      if (!child.isOne) throw new Refused(400, 'PGRST127', 'Feature not implemented', manyAggregates)
      const isAll = field.field.name === '*'
      const inside = { sql: isAll ? '1' : raw(child, field), name: `pgrst_of_${at}` }
      const outside = (column: string) => aggregated(aggregate, column, aggregateCast)
      return [{ name: item.name ?? '', item: inside, outside, isAggregate: true }]
    }),
    ...child.children.flatMap(nested),
  ]
}

const manyAggregates = 'Aggregates are not implemented for one-to-many or many-to-many spreads.'

const plain = (node: Node, name: string): Output => ({
  name,
  item: { sql: `${ident(node.alias)}.${ident(name)}`, name },
  outside: (column) => column,
  isAggregate: false,
})

/** What is in a spread resource is one of its columns, unless it is spread itself: then its own are. */
function nested(child: Child): Output[] {
  if (!child.isSpread) {
    return itemsOf({ ...emptyLike(child), children: [child] }).map((item) => ({
      name: item.name ?? '',
      item,
      outside: (column) => column,
      isAggregate: false,
    }))
  }
  const whole = ident(child.lateral)
  return outputs(child).map(({ name, item, outside, isAggregate }, at) => {
    const column = `${whole}.${ident(item.name ?? name)}`
    if (!isAggregate) return { name, item: { sql: listed(child, column), name }, outside, isAggregate }
    return { name, item: { sql: column, name: `${item.name}_${at}_${child.key}` }, outside, isAggregate }
  })
}

const emptyLike = (node: Node): Node => ({ ...node, fields: [], where: [], order: [] })
const listed = (child: Child, column: string) => (child.isOne ? column : `coalesce(${column}, '[]')`)

/** The columns that a spread resource gives the rows it is in. */
export const spreadItems = (child: Child): Item[] =>
  outputs(child).map(({ name, item, outside, isAggregate }) => {
    const column = `${ident(child.lateral)}.${ident(item.name ?? name)}`
    return { sql: isAggregate ? outside(column) : listed(child, column), name, isAggregate }
  })

export function spreadRows(child: Child, parameters: Parameters): string {
  const items = outputs(child).map(({ item }) => item)
  const rows = rowsSql(child, items, parameters)
  if (child.isOne) return rows
  const lists = items.map(({ name = '' }) => `json_agg(pgrst_spread.${ident(name)})::jsonb as ${ident(name)}`)
  return `select ${[...lists, 'count(*) as pgrst_rows'].join(', ')} from (${rows}) as pgrst_spread`
}
