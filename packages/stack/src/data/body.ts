import { parse } from './csv.ts'
import { Refused } from './fault.ts'

/** What came in a request's body, as rows in JSON text, with the names in the first. */
export type Payload = { text: string; names: string[]; count: number }

const unreadable = () => new Refused(400, 'PGRST102', 'Empty or invalid json')

/** Reads rows for a table or arguments for a function. `columns` says which names count, whatever the rows have. */
export function readPayload(type: string, text: string, columns: string[] | undefined): Payload {
  const kind = type.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (kind === 'text/csv') return fromRows(parse(text), columns)
  if (kind === 'application/x-www-form-urlencoded') {
    return fromRows([Object.fromEntries(new URLSearchParams(text))], columns)
  }
  if (kind !== '' && !/^application\/(vnd\.pgrst\.(object|array)(\+json)?|json)$/.test(kind)) {
    throw new Refused(400, 'PGRST102', `Content-Type not acceptable: ${kind}`)
  }
  return fromJson(text, columns)
}

function fromRows(rows: Record<string, unknown>[], columns: string[] | undefined): Payload {
  return { text: JSON.stringify(rows), names: columns ?? Object.keys(rows[0] ?? {}), count: rows.length }
}

function fromJson(text: string, columns: string[] | undefined): Payload {
  const value = parsed(text)
  const isList = Array.isArray(value)
  const rows: unknown[] = isList ? value : [value]
  const whole = isList ? text : `[${text}]`
  if (columns) return { text: whole, names: columns, count: rows.length }
  const names = namesOf(rows[0])
  for (const row of rows) {
    const own = namesOf(row)
    if (own.length !== names.length || own.some((name, at) => name !== names[at])) {
      throw new Refused(400, 'PGRST102', 'All object keys must match')
    }
  }
  return { text: whole, names, count: rows.length }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw unreadable()
  }
}

const isRow = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function namesOf(row: unknown): string[] {
  if (row === undefined) return []
  if (!isRow(row)) throw new Refused(400, 'PGRST102', 'All object keys must match')
  return Object.keys(row).sort()
}
