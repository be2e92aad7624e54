import { Refused } from './fault.ts'
import { nearest } from './nearest.ts'
import type { Relationship } from './relationships.ts'
import { isSame, type Name } from './sql-text.ts'

/** The one way that is meant by a name, and a hint where there are several. */
export function findRelationship(
  all: Relationship[],
  from: Name,
  target: string,
  hint: string | undefined,
  parents: string[],
): Relationship {
  const named = all.filter((each) => to(from.schema, each) && matches(each, target, hint))
  // A relationship that somebody computes takes the place of those that are found.
  const computed = named.filter(({ kind }) => kind === 'computed')
  const found = computed.length > 0 ? computed : named
  const [first] = found
  if (!first) throw noneBetween(all, from, target, hint, parents)
  if (found.length > 1) throw several(found, from, target)
  return first
}

const to = (schema: string, relationship: Relationship) =>
  relationship.kind === 'computed' || relationship.to.schema === schema

function matches(each: Relationship, target: string, hint: string | undefined): boolean {
  if (each.kind === 'computed') return each.function.name === target
  const byName = each.to.name === target
  if (isSame(each.from, each.to)) {
    if (hint !== undefined) return byName && each.kind === 'one-to-many' && each.pairs[0]?.[1] === hint
    const isBack = each.kind === 'many-to-one' && each.pairs.length === 1 && each.pairs[0]?.[0] === target
    return isBack || (byName && each.kind === 'one-to-many')
  }
  if (each.kind === 'many-to-many') return byName && (hint === undefined || each.junction.table.name === hint)
  const column = each.pairs.length === 1 ? each.pairs[0] : undefined
  if (hint === undefined) {
    return byName || (!each.toView && (each.constraint === target || column?.[0] === target))
  }
  return byName && (each.constraint === hint || column?.[0] === hint || column?.[1] === hint)
}

function noneBetween(
  all: Relationship[],
  from: Name,
  target: string,
  hint: string | undefined,
  parents: string[],
) {
  const using = hint === undefined ? '' : ` using the hint '${hint}'`
  const names = [...new Set(all.map((each) => each.to.name))]
  const child = all.length > 0 && !names.includes(target) ? nearest(target, names, 0.33) : undefined
  const parent = all.length === 0 ? nearest(from.name, parents, 0.33) : undefined
  const meant = child ? [child, target] : parent && parent !== from.name ? [parent, from.name] : undefined
  return new Refused(
    400,
    'PGRST200',
    `Could not find a relationship between '${from.name}' and '${target}' in the schema cache`,
    `Searched for a foreign key relationship between '${from.name}' and '${target}'${using} in the schema '${from.schema}', but no matches were found.`,
    meant ? `Perhaps you meant '${meant[0]}' instead of '${meant[1]}'.` : null,
  )
}

function several(found: Relationship[], from: Name, target: string) {
  const details = found.flatMap((each) => {
    const told = describe(each)
    return told ? [{ cardinality: each.kind, ...told.details }] : []
  })
  const hints = found.flatMap((each) => describe(each)?.hint ?? []).map((hint) => `'${target}!${hint}'`)
  return new Refused(
    300,
    'PGRST201',
    `Could not embed because more than one relationship was found for '${from.name}' and '${target}'`,
    details,
    `Try changing '${target}' to one of the following: ${hints.join(', ')}. Find the desired relationship in the 'details' key.`,
  )
}

function describe(each: Relationship) {
  if (each.kind === 'computed') return undefined
  const embedding = `${each.from.name} with ${each.to.name}`
  const list = (columns: string[]) => `(${columns.join(', ')})`
  if (each.kind === 'many-to-many') {
    const { table, constraints, toOne, toOther } = each.junction
    const one = `${constraints[0]}${list(toOne.map(([column]) => column))}`
    const other = `${constraints[1]}${list(toOther.map(([column]) => column))}`
    return {
      hint: table.name,
      details: { relationship: `${table.name} using ${one} and ${other}`, embedding },
    }
  }
  const mine = `${each.from.name}${list(each.pairs.map(([column]) => column))}`
  const its = `${each.to.name}${list(each.pairs.map(([, column]) => column))}`
  return {
    hint: each.constraint,
    details: { relationship: `${each.constraint} using ${mine} and ${its}`, embedding },
  }
}
