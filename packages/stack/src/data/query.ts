import { type Logic, looksLikeFilter, readCondition, readGroup } from './conditions.ts'
import {
  type Field,
  isAtEnd,
  lost,
  type Reader,
  reader,
  take,
  takeField,
  takeName,
  takePath,
  tryTake,
} from './reader.ts'
import { readSelect, type Selected } from './select.ts'

export type OrderTerm = { field: Field; relation?: string; direction?: string; nulls?: string }
/** Something said of an embedded resource, or of the request's own where the path is empty. */
export type At<T> = { path: string[]; said: T }
export type Range = { limit?: number; offset?: number }

/** A query as PostgREST reads it. */
export type Query = {
  select: Selected[]
  filters: At<Logic>[]
  order: At<OrderTerm[]>[]
  ranges: At<Range>[]
  columns?: string[]
  onConflict?: string[]
  /** Of a function called by GET: what is no filter, each with all its values. */
  args: Map<string, string[]>
}

export function readQuery(given: URLSearchParams, isCall: boolean): Query {
  const query: Query = { select: [], filters: [], order: [], ranges: [], args: new Map() }
  const select = readSelect(given.get('select') ?? '*')
  // Who selects nothing has everything.
  query.select = select.length > 0 ? select : readSelect('*')
  const columns = given.get('columns')
  if (columns !== null) query.columns = readNames('columns parameter', columns)
  const onConflict = given.get('on_conflict')
  if (onConflict !== null) query.onConflict = readNames('on_conflict parameter', onConflict)
  for (const [name, value] of given) {
    if (!['select', 'columns', 'on_conflict', 'apikey'].includes(name)) read(query, name, value, isCall)
  }
  return query
}

function read(query: Query, name: string, value: string, isCall: boolean): void {
  const last = name.slice(name.lastIndexOf('.') + 1)
  const path = () => readPath(name).path
  if (last === 'order') query.order.push({ path: path(), said: readOrder(value) })
  else if (last === 'limit' || last === 'offset') {
    if (/^[+-]?\d+$/.test(value)) query.ranges.push({ path: path(), said: { [last]: Number(value) } })
  } else if (last === 'or' || last === 'and') {
    const not = name.split('.').includes('not')
    query.filters.push({ path: path().filter((part) => part !== 'not'), said: readGroup(last, not, value) })
  } else if (isCall && !looksLikeFilter(value)) {
    query.args.set(name, [...(query.args.get(name) ?? []), value])
  } else {
    const { path, field } = readPath(name)
    query.filters.push({ path, said: readCondition(field, value) })
  }
}

/** `clients."a.b".name->x` are embedded resources and a field. */
function readPath(text: string): { path: string[]; field: Field } {
  const from = reader('tree path', text)
  const names = [takeName(from)]
  while (tryTake(from, /\./y) !== undefined) names.push(takeName(from))
  const field = { name: names.pop() ?? '', path: takePath(from) }
  return { path: names, field }
}

function readNames(what: string, text: string): string[] {
  const from = reader(what, text)
  const names: string[] = []
  do names.push(takeName(from))
  while (tryTake(from, /[ \t]*,[ \t]*/y) !== undefined)
  if (!isAtEnd(from)) throw lost(from, '"," or end of input')
  return [...new Set(names)]
}

const afterField = 'letter, digit, "-", "->>", "->", delimiter (.), "," or end of input'

function readOrder(text: string): OrderTerm[] {
  const from = reader('order', text)
  const terms: OrderTerm[] = []
  do terms.push(takeTerm(from))
  while (tryTake(from, /[ \t]*,[ \t]*/y) !== undefined)
  if (!isAtEnd(from)) throw lost(from, afterField)
  return terms
}

function takeTerm(from: Reader): OrderTerm {
  const outer = takeField(from)
  const isRelated = outer.path.length === 0 && tryTake(from, /\(/y) !== undefined
  const field = isRelated ? takeField(from) : outer
  if (isRelated) take(from, /\)/y, '")"')
  const direction = tryTake(from, /\.(?:asc|desc)(?=[.,]|$)/y)?.slice(1)
  const nulls = tryTake(from, /\.nulls(?:first|last)(?=,|$)/y)?.slice(1)
  if (tryTake(from, /\./y) !== undefined) {
    throw lost(
      from,
      nulls
        ? '"," or end of input'
        : direction
          ? '"nullsfirst" or "nullslast"'
          : '"asc", "desc", "nullsfirst" or "nullslast"',
    )
  }
  return {
    field,
    ...(isRelated && { relation: outer.name }),
    ...(direction && { direction }),
    ...(nulls && { nulls: nulls === 'nullsfirst' ? 'nulls first' : 'nulls last' }),
  }
}
