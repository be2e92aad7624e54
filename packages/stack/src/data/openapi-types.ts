export type Json = Record<string, unknown>

/** What is there of some fields. */
export const present = (fields: Json): Json =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null))

const types: Record<string, string | undefined> = {
  boolean: 'boolean',
  smallint: 'integer',
  integer: 'integer',
  bigint: 'integer',
  numeric: 'number',
  real: 'number',
  'double precision': 'number',
  json: undefined,
  jsonb: undefined,
}
export const swaggerType = (type: string) =>
  Object.hasOwn(types, type) ? types[type] : type.endsWith('[]') ? 'array' : 'string'
const formats: Record<string, string> = { smallint: 'int32', integer: 'int32', bigint: 'int64' }
export const format = (type: string) => formats[type] ?? type

/** A type of Postgres as Swagger has it. */
export function typed(type: string): Json {
  const known = swaggerType(type)
  const items = known === 'array' ? present({ type: swaggerType(type.slice(0, -2)) }) : undefined
  return present({ type: known, format: format(type), items })
}
