import {
  type Field,
  isAtEnd,
  lost,
  type Reader,
  reader,
  take,
  takeField,
  takeName,
  tryTake,
  tryTakeName,
  within,
} from './reader.ts'

type Aggregate = 'sum' | 'avg' | 'count' | 'max' | 'min'

export type SelectedField = {
  kind: 'field'
  field: Field
  alias?: string
  cast?: string
  aggregate?: Aggregate
  aggregateCast?: string
}
export type SelectedRelation = {
  kind: 'relation'
  name: string
  alias?: string
  hint?: string
  join?: 'inner' | 'left'
  isSpread: boolean
  items: Selected[]
}
export type Selected = SelectedField | SelectedRelation

const expected = 'letter, digit, "-", "->>", "->", "::", ".", ")", "," or end of input'

/** Reads `id,name:title,clients!inner(*),...owner(email)`. */
export function readSelect(text: string): Selected[] {
  const from = reader('select parameter', text)
  return takeItems(from)
}

const space = /[ \t]*/y

function takeItems(from: Reader): Selected[] {
  const items: Selected[] = []
  tryTake(from, space)
  if (isAtEnd(from) || from.text[from.at] === ')') return items
  do items.push(takeItem(from))
  while (tryTake(from, /,/y) !== undefined)
  return items
}

function takeItem(from: Reader): Selected {
  tryTake(from, space)
  const relation = takeSpread(from) ?? takeRelation(from)
  const item = relation ?? takeSelectedField(from)
  tryTake(from, space)
  if (!relation && !isAtEnd(from) && !/[,)]/.test(from.text[from.at] ?? '')) throw lost(from, expected)
  return item
}

function takeSpread(from: Reader): Selected | undefined {
  if (tryTake(from, /\.\.\./y) === undefined) return undefined
  const name = takeName(from)
  return { kind: 'relation', name, ...takeParameters(from), isSpread: true, items: takeNested(from) }
}

/** An embedded resource is known by the bracket that follows its name; what is read in vain is read again. */
function takeRelation(from: Reader): Selected | undefined {
  const { at } = from
  const alias = takeAlias(from)
  const name = tryTakeName(from)
  if (name !== undefined && name !== 'count') {
    const parameters = takeParameters(from)
    if (from.text[from.at] === '(') {
      return { kind: 'relation', name, ...alias, ...parameters, isSpread: false, items: takeNested(from) }
    }
  }
  from.at = at
  return undefined
}

function takeNested(from: Reader): Selected[] {
  take(from, /\(/y, '"("')
  const items = within(from, takeItems)
  take(from, /\)/y, expected)
  return items
}

function takeAlias(from: Reader): { alias?: string } {
  const { at } = from
  const alias = tryTakeName(from)
  if (alias !== undefined && tryTake(from, /:(?!:)/y) !== undefined) return { alias }
  from.at = at
  return {}
}

function takeParameters(from: Reader): { hint?: string; join?: 'inner' | 'left' } {
  const found: { hint?: string; join?: 'inner' | 'left' } = {}
  while (tryTake(from, /!/y) !== undefined) {
    const name = takeName(from)
    if (name === 'inner' || name === 'left') found.join ??= name
    else found.hint ??= name
  }
  return found
}

const type = /::[\p{L}\p{N}_ $]+/uy

function takeSelectedField(from: Reader): SelectedField {
  const alias = takeAlias(from)
  if (tryTake(from, /\*(?=\s*[,)]|$)/y) !== undefined)
    return { kind: 'field', field: { name: '*', path: [] } }
  if (tryTake(from, /count\(\)/y) !== undefined) {
    const field = { name: '*', path: [] }
    return { kind: 'field', field, ...alias, aggregate: 'count', ...takeCast(from, 'aggregateCast') }
  }
  const field = takeField(from)
  const cast = takeCast(from, 'cast')
  const aggregate = tryTake(from, /\.(?:sum|avg|count|max|min)\(\)/y)?.slice(1, -2)
  if (!isAggregate(aggregate)) return { kind: 'field', field, ...alias, ...cast }
  return { kind: 'field', field, ...alias, ...cast, aggregate, ...takeCast(from, 'aggregateCast') }
}

const isAggregate = (word: string | undefined): word is Aggregate => word !== undefined

function takeCast<Key extends 'cast' | 'aggregateCast'>(from: Reader, key: Key): { [_ in Key]?: string } {
  const found = tryTake(from, type)
  return (found === undefined ? {} : { [key]: found.slice(2).trim() }) as { [_ in Key]?: string }
}

/** The name a field has in the answer: of a path its last key. */
export function nameOf({ field, alias, aggregate }: SelectedField): string {
  if (alias !== undefined) return alias
  if (aggregate !== undefined) return aggregate
  const keys = field.path.map(({ key }) => key)
  return keys.findLast((key) => typeof key === 'string') ?? field.name
}
