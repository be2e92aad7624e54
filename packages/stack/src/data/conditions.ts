import {
  aName,
  type Field,
  lost,
  type Reader,
  reader,
  take,
  takeField,
  tryTake,
  tryTakeQuoted,
  within,
} from './reader.ts'

export type Operation =
  | { kind: 'compare'; sql: string; value: string; quantifier?: 'any' | 'all'; isPattern?: boolean }
  | { kind: 'in'; values: string[] }
  | { kind: 'is'; state: string }
  | { kind: 'search'; search: string; config?: string; value: string }
export type Filter = { field: Field; not: boolean; operation: Operation }
export type Logic =
  | ({ kind: 'filter' } & Filter)
  | { kind: 'group'; not: boolean; operator: 'and' | 'or'; members: Logic[] }

const simple: Record<string, string> = {
  neq: '<>',
  cs: '@>',
  cd: '<@',
  ov: '&&',
  sl: '<<',
  sr: '>>',
  nxr: '&<',
  nxl: '&>',
  adj: '-|-',
  isdistinct: 'is distinct from',
}
const quantified: Record<string, string> = {
  eq: '=',
  gte: '>=',
  gt: '>',
  lte: '<=',
  lt: '<',
  like: 'like',
  ilike: 'ilike',
  match: '~',
  imatch: '~*',
}
const searches: Record<string, string> = {
  fts: 'to_tsquery',
  plfts: 'plainto_tsquery',
  phfts: 'phraseto_tsquery',
  wfts: 'websearch_to_tsquery',
}
const states = ['not_null', 'null', 'true', 'false', 'unknown']
const anOperator = 'operator (eq, gt, ...)'

/** Whether a parameter of a query is a filter; a function called by GET takes the others for its arguments. */
export const looksLikeFilter = (text: string): boolean => {
  const name = /^(?:not\.)?([a-z]+)(?:\([^)]*\))?\./.exec(text)?.[1] ?? ''
  return [simple, quantified, searches, { in: '', is: '' }].some((known) => Object.hasOwn(known, name))
}

/** Reads `not.eq.5`, whose value is all that follows. */
export function readCondition(field: Field, text: string): Logic {
  const from = reader('filter', text)
  return { kind: 'filter', field, ...takeCondition(from, takeRest, '"not" or operator (eq, gt, ...)') }
}

function takeRest(from: Reader): string {
  const rest = from.text.slice(from.at)
  from.at = from.text.length
  return rest
}

/** Reads the group of `or=(a.eq.1,and(b.lt.2,c.is.null))`. */
export function readGroup(operator: 'and' | 'or', not: boolean, text: string): Logic {
  const from = reader('logic tree', text, operator.length)
  return { kind: 'group', not, operator, members: takeMembers(from) }
}

function takeMembers(from: Reader): Logic[] {
  const members: Logic[] = []
  take(from, /\s*\(\s*/y, '"("')
  do members.push(takeMember(from))
  while (tryTake(from, /\s*,\s*/y) !== undefined)
  take(from, /\s*\)\s*/y, '")"')
  return members
}

const aMember = `${aName}, negation operator (not) or logic operator (and, or)`

function takeMember(from: Reader): Logic {
  const group = tryTake(from, /(?:not\.)?(?:and|or)(?=\s*\()/y)
  if (group !== undefined) {
    const operator = group.endsWith('or') ? 'or' : 'and'
    return { kind: 'group', not: group.startsWith('not.'), operator, members: within(from, takeMembers) }
  }
  if (!/[\p{L}\p{N}_ $"]/u.test(from.text[from.at] ?? '')) throw lost(from, aMember)
  const field = takeField(from)
  take(from, /\s*\./y, 'delimiter (.)')
  return { kind: 'filter', field, ...takeCondition(from, takeValue, anOperator) }
}

/** In a group a value ends where the condition does, unless it is in quotes or an array. */
const takeValue = (from: Reader) =>
  tryTakeQuoted(from, /[,)]/y) ?? tryTake(from, /\{[^{}]*\}/y) ?? tryTake(from, /[^,)]*/y) ?? ''

function takeCondition(from: Reader, value: (from: Reader) => string, expecting: string) {
  const not = tryTake(from, /not\./y) !== undefined
  return { not, operation: takeOperation(from, value, not ? anOperator : expecting) }
}

function takeOperation(from: Reader, value: (from: Reader) => string, expecting: string): Operation {
  const { at } = from
  const name = tryTake(from, /[a-z]+/y) ?? ''
  const modifier = tryTake(from, /\([^()]*\)/y)?.slice(1, -1)
  const found = tryTake(from, /\./y) === undefined ? undefined : operationOf(from, name, modifier, value)
  if (found) return found
  from.at = at
  throw lost(from, expecting)
}

function operationOf(
  from: Reader,
  name: string,
  modifier: string | undefined,
  value: (from: Reader) => string,
): Operation | undefined {
  const own = (known: Record<string, string>) => (Object.hasOwn(known, name) ? known[name] : undefined)
  const search = own(searches)
  if (search && (modifier === undefined || /^[\p{L}\p{N}_ $]+$/u.test(modifier))) {
    return { kind: 'search', search, ...(modifier !== undefined && { config: modifier }), value: value(from) }
  }
  const isPattern = name === 'like' || name === 'ilike'
  const sql = own(quantified)
  if (sql && modifier === undefined) return { kind: 'compare', sql, value: value(from), isPattern }
  if (sql && (modifier === 'any' || modifier === 'all')) {
    return { kind: 'compare', sql, value: value(from), quantifier: modifier, isPattern }
  }
  if (modifier !== undefined) return undefined
  if (name === 'in') return { kind: 'in', values: takeList(from) }
  if (name === 'is') return { kind: 'is', state: takeState(from) }
  const plain = own(simple)
  return plain === undefined ? undefined : { kind: 'compare', sql: plain, value: value(from) }
}

function takeList(from: Reader): string[] {
  const values: string[] = []
  take(from, /\s*\(\s*/y, '"("')
  do values.push(tryTakeQuoted(from, /[,)]/y) ?? tryTake(from, /[^,)]*/y) ?? '')
  while (tryTake(from, /,/y) !== undefined)
  take(from, /\s*\)\s*/y, '")"')
  return values
}

function takeState(from: Reader): string {
  const rest = from.text.slice(from.at).toLowerCase()
  const state = states.find((each) => rest.startsWith(each))
  if (!state) throw lost(from, 'isVal: (null, not_null, true, false, unknown)')
  from.at += state.length
  return state
}
