import type { Table } from './catalogue.ts'
import type { ForeignKey, Keys } from './keys.ts'
import { keyOf, type Name } from './sql-text.ts'
import { showing, type View } from './views.ts'

export type Pair = [column: string, its: string]
type Junction = { table: Name; constraints: [string, string]; toOne: Pair[]; toOther: Pair[] }
export type Relationship = { from: Name; to: Name } & (
  | { kind: 'computed'; function: Name; isOne: boolean }
  | { kind: 'many-to-one' | 'one-to-many'; constraint: string; pairs: Pair[]; toView: boolean }
  | { kind: 'one-to-one'; constraint: string; pairs: Pair[]; toView: boolean; isParent: boolean }
  | { kind: 'many-to-many'; junction: Junction; toView: boolean }
)

type Direct = Exclude<Relationship, { kind: 'computed' | 'many-to-many' }>
type Ending = Name & { columns: string[]; isView: boolean }

export const isToOne = (relationship: Relationship) =>
  relationship.kind === 'computed'
    ? relationship.isOne
    : relationship.kind === 'many-to-one' || relationship.kind === 'one-to-one'

/** Every way from one table to another. */
export function readRelationships(keys: Keys, tables: Map<string, Table>, schemas: string[]): Relationship[] {
  const direct = keys.foreign.flatMap((key) => through(key, keys.views))
  const all: Relationship[] = [...direct, ...direct.map(inverse), ...junctions(direct, tables)]
  const computed = keys.computed.map(
    ({ isOne, ...rest }): Relationship => ({ kind: 'computed', isOne, ...rest }),
  )
  const isSeen = ({ schema }: Name) => schemas.includes(schema)
  return [...computed, ...all].filter(
    (each) =>
      isSeen(each.from) && isSeen(each.to) && (each.kind !== 'many-to-many' || isSeen(each.junction.table)),
  )
}

/** A key holds between the two tables, and between whatever views show all of its columns. */
function through(key: ForeignKey, views: View[]): Direct[] {
  const endings = (table: Name, columns: string[]): Ending[] => [
    { ...table, columns, isView: false },
    ...views.flatMap((view) =>
      showing(view, table, columns).map((shown) => ({
        schema: view.schema,
        name: view.name,
        columns: shown,
        isView: true,
      })),
    ),
  ]
  return endings(key.from, key.columns).flatMap((from) =>
    endings(key.to, key.toColumns).map((to): Direct => {
      const pairs = from.columns.map((column, at): Pair => [column, to.columns[at] ?? ''])
      const common = {
        from: { schema: from.schema, name: from.name },
        to: { schema: to.schema, name: to.name },
        constraint: key.constraint,
        pairs,
        toView: to.isView,
        fromView: from.isView,
      }
      return key.isUnique
        ? { kind: 'one-to-one', isParent: false, ...common }
        : { kind: 'many-to-one', ...common }
    }),
  )
}

const swapped = ([one, other]: Pair): Pair => [other, one]

function inverse(key: Direct & { fromView?: boolean }): Direct {
  const { from, to, constraint } = key
  const common = {
    from: to,
    to: from,
    constraint,
    pairs: key.pairs.map(swapped),
    toView: key.fromView ?? false,
    fromView: key.toView,
  }
  return key.kind === 'one-to-one'
    ? { kind: 'one-to-one', isParent: true, ...common }
    : { kind: 'one-to-many', ...common }
}

/** A table whose primary key has both of its foreign keys in it ties two others, many to many. */
function junctions(direct: Direct[], tables: Map<string, Table>): Relationship[] {
  const byTable = Map.groupBy(
    direct.filter(({ kind }) => kind === 'many-to-one'),
    ({ from }) => keyOf(from),
  )
  return [...byTable].flatMap(([name, ends]) => {
    const key = new Set(tables.get(name)?.key)
    const inKey = ({ pairs }: Direct) => pairs.every(([column]) => key.has(column))
    return ends.flatMap((one) =>
      ends
        .filter((other) => other.constraint !== one.constraint && inKey(one) && inKey(other))
        .map(
          (other): Relationship => ({
            kind: 'many-to-many',
            from: one.to,
            to: other.to,
            toView: other.toView,
            junction: {
              table: one.from,
              constraints: [one.constraint, other.constraint],
              toOne: one.pairs,
              toOther: other.pairs,
            },
          }),
        ),
    )
  })
}
