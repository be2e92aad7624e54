import { Refused } from './fault.ts'

/** A text that is read from left to right, and what it is, for the words of a refusal. */
export type Reader = { what: string; text: string; at: number; shift: number; depth: number }

export const reader = (what: string, text: string, shift = 0): Reader => ({
  what,
  text,
  at: 0,
  shift,
  depth: 0,
})

/** The pattern is sticky. */
export function tryTake(from: Reader, pattern: RegExp): string | undefined {
  pattern.lastIndex = from.at
  const found = pattern.exec(from.text)?.[0]
  from.at += found?.length ?? 0
  return found
}

export function take(from: Reader, pattern: RegExp, expecting: string): string {
  const found = tryTake(from, pattern)
  if (found === undefined) throw lost(from, expecting)
  return found
}

export const isAtEnd = ({ text, at }: Reader) => at >= text.length

/** Brackets in brackets; what is deeper nobody means, and Postgres would not follow either. */
const deepest = 60

/** Reads what is in brackets, as far as one can follow. */
export function within<T>(from: Reader, read: (from: Reader) => T): T {
  from.depth += 1
  if (from.depth > deepest) throw new Refused(400, 'PGRST100', 'The request is nested too deeply')
  const result = read(from)
  from.depth -= 1
  return result
}

/** PostgREST's words for what it cannot read, with the place where it gave up. */
export function lost({ what, text, at, shift }: Reader, expecting: string): Refused {
  const unexpected = at < text.length ? `"${text[at]}"` : 'end of input'
  return new Refused(
    400,
    'PGRST100',
    `"failed to parse ${what} (${text})" (line 1, column ${at + 1 + shift})`,
    `unexpected ${unexpected} expecting ${expecting}`,
  )
}

const inQuotes = /"((?:[^"\\]|\\[\s\S])*)"/y
const bare = /[\p{L}\p{N}_ $]+(?:-(?!>)[\p{L}\p{N}_ $]+)*/uy
export const aName = 'field name (* or [a..z0..9_$])'

const unescaped = (quoted: string) => quoted.slice(1, -1).replace(/\\([\s\S])/g, '$1')

export function takeName(from: Reader, expecting = aName): string {
  const quoted = tryTake(from, inQuotes)
  return quoted === undefined ? take(from, bare, expecting).trim() : unescaped(quoted)
}

/** Undefined where no name begins. */
export function tryTakeName(from: Reader): string | undefined {
  const quoted = tryTake(from, inQuotes)
  return quoted === undefined ? tryTake(from, bare)?.trim() : unescaped(quoted)
}

export function tryTakeQuoted(from: Reader, before: RegExp): string | undefined {
  const { at } = from
  const quoted = tryTake(from, inQuotes)
  before.lastIndex = from.at
  if (quoted !== undefined && (isAtEnd(from) || before.test(from.text))) return unescaped(quoted)
  from.at = at
  return undefined
}

/** A step into JSON: `->name`, `->>0`. */
export type Step = { arrow: '->' | '->>'; key: string | number }
export type Field = { name: string; path: Step[] }

const index = /-?\d+(?=->|::|[.,)]|$)/y
const key = /[^(\-:.,>)]+(?:-(?!>)[^(\-:.,>)]+)*/y

export function takeField(from: Reader): Field {
  tryTake(from, /[ \t]*/y)
  return { name: takeName(from), path: takePath(from) }
}

export function takePath(from: Reader): Step[] {
  const path: Step[] = []
  for (;;) {
    const arrow = tryTake(from, /->>?/y)
    if (arrow !== '->' && arrow !== '->>') return path
    path.push({ arrow, key: takeKey(from) })
  }
}

function takeKey(from: Reader): string | number {
  const at = tryTake(from, index)
  if (at !== undefined) return Number(at)
  const quoted = tryTake(from, inQuotes)
  if (quoted !== undefined) return unescaped(quoted)
  return take(from, key, 'any non reserved character different from: .,>()').trim()
}
