import type { Logic } from './conditions.ts'
import { embeddedAs, type Node } from './plan.ts'
import { ident } from './sql-text.ts'

/**
 * What a change or a function must give, so that everything that is asked of its rows can be answered from them: columns,
 * computed ones among them, which Postgres computes only from a row of the table itself.
 */
export function returning(node: Node, of: string, more: string[] = []): string {
  const names = new Set([...needed(node), ...more])
  const isWhole = node.fields.some(({ field }) => field.name === '*') || needsRow(node)
  const known = isWhole ? node.table?.columns : undefined
  const columns = [...names].filter((name) => !known?.has(name)).map((name) => `${ident(of)}.${ident(name)}`)
  if (isWhole) return [`${ident(of)}.*`, ...(known ? columns : [])].join(', ')
  return columns.length > 0 ? columns.join(', ') : '1 as pgrst_one'
}

/** A computed relationship is a function of the whole row. */
const needsRow = ({ children }: Node) => children.some(({ relationship }) => relationship.kind === 'computed')

function needed(node: Node): string[] {
  return [
    ...node.fields.map(({ field }) => field.name).filter((name) => name !== '*'),
    ...node.where.flatMap((logic) => inLogic(node, logic)),
    ...node.order.filter(({ relation }) => relation === undefined).map(({ field }) => field.name),
    ...node.children.flatMap(({ relationship }) => {
      if (relationship.kind === 'computed') return []
      if (relationship.kind === 'many-to-many') return relationship.junction.toOne.map(([, column]) => column)
      return relationship.pairs.map(([column]) => column)
    }),
  ]
}

function inLogic(node: Node, logic: Logic): string[] {
  if (logic.kind === 'group') return logic.members.flatMap((member) => inLogic(node, member))
  return embeddedAs(node, logic.field.name) ? [] : [logic.field.name]
}
