import { inspect } from './inspect.ts'

/** One condition of a subscription, as `realtime.user_defined_filter` has it. */
export type Filter = { column: string; operator: string; value: string; negate: boolean }

/** What a client asked for cannot be read; the message is hosted Realtime's. */
export class UnreadableParams extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'UnreadableParams'
  }
}

const operators = new Set('eq neq lt lte gt gte in like ilike is match imatch isdistinct'.split(' '))

/** Not stated by hosted: each condition costs the database some work for every change. */
const mostConditions = 100

/** Reads `a=eq.1,b=not.in.(x,"y,z")`: conditions that must all hold. Throws UnreadableParams. */
export function readFilters(text: string): Filter[] {
  const trimmed = text.trim()
  if (trimmed === '') return []
  const parts = conditions(trimmed)
  if (parts.length > mostConditions) throw unreadable(`too many conditions. Maximum ${mostConditions}`)
  return parts.map(readCondition)
}

/**
 * Commas part conditions, but not within parentheses or quotes. A quote opens only where a value may begin, so that
 * `5" tall` needs none.
 */
function conditions(text: string): string[] {
  const parts: string[] = []
  let start = 0
  let depth = 0
  let isQuoted = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (isQuoted) {
      if (character === '\\') at += 1
      else if (character === '"') isQuoted = false
    } else if (character === ',' && depth === 0) {
      parts.push(text.slice(start, at))
      start = at + 1
    } else if (character === '(') depth += 1
    else if (character === ')') depth = Math.max(0, depth - 1)
    else if (character === '"' && at > start) isQuoted = '.(,'.includes(text.charAt(at - 1))
  }
  parts.push(text.slice(start))
  return parts
}

function readCondition(part: string): Filter {
  const condition = part.trim()
  if (condition === '') throw unreadable('filter must not contain empty segments (check for extra commas)')
  const [column, asked] = halves(condition, '=')
  if (asked === undefined) throw unreadable(inspect([column]))
  const negate = asked.startsWith('not.')
  const [operator, value] = halves(negate ? asked.slice('not.'.length) : asked, '.')
  if (value === undefined) throw unreadable(inspect([operator]))
  if (!operators.has(operator)) throw unreadable(inspect([operator, value]))
  return { column, operator, value: operator === 'in' ? asArray(value) : unquoted(value), negate }
}

function halves(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)]
}

function asArray(list: string): string {
  if (list.length < 2 || !list.startsWith('(') || !list.endsWith(')')) {
    throw unreadable('`in` filter value must be wrapped by parentheses')
  }
  return `{${list.slice(1, -1)}}`
}

/** A text in quotes that does not end with its closing quote is taken as it stands. */
function unquoted(value: string): string {
  const inner = /^"((?:[^"\\]|\\.)*)"$/s.exec(value)?.[1]
  return inner === undefined ? value : inner.replace(/\\(.)/gs, '$1')
}

const unreadable = (why: string) => new UnreadableParams(`Error parsing \`filter\` params: ${why}`)
