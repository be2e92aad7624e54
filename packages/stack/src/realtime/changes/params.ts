import type { Json } from '../protocol.ts'
import { type Filter, readFilters, UnreadableParams } from './filters.ts'
import { inspect, inspectPretty, Tuple } from './inspect.ts'

/** Which changes a client asks for. `schema` and `table` may be `*`; without columns it is told all it may read. */
export type Params = {
  event: '*' | 'INSERT' | 'UPDATE' | 'DELETE'
  schema: string
  table: string
  filters: Filter[]
  columns: string[] | null
}

/** Reads one entry of `config.postgres_changes`. Throws UnreadableParams with what hosted Realtime says. */
export function readParams(asked: Json): Params {
  const columns = readSelect(asked.select)
  const { schema, table } = readPlace(asked)
  const filters = typeof asked.filter === 'string' ? readFilters(asked.filter) : []
  if (columns !== null && (schema === '*' || table === '*')) {
    throw new UnreadableParams(
      'Column selection is not supported for wildcard subscriptions. Provide an explicit schema and table name.',
    )
  }
  return { event: readEvent(asked.event), schema, table, filters, columns }
}

function readSelect(select: unknown): string[] | null {
  if (typeof select === 'string') {
    throw new UnreadableParams(
      'Error parsing `select` params: expected a list of column name strings, e.g. select: ["col1", "col2"]',
    )
  }
  const names = Array.isArray(select) ? select.filter((name) => typeof name === 'string') : []
  return names.length > 0 ? names : null
}

/** A filter needs both names; either may stand alone. */
function readPlace(asked: Json): { schema: string; table: string } {
  const { schema, table, filter } = asked
  const filtered = 'filter' in asked
  if (typeof schema === 'string' && typeof table === 'string') {
    if (!filtered || typeof filter === 'string') return { schema, table }
  } else if (!filtered) {
    if (typeof schema === 'string' && !('table' in asked)) return { schema, table: '*' }
    if (typeof table === 'string' && !('schema' in asked)) return { schema: 'public', table }
  }
  const shown = 'user_token' in asked || 'auth_token' in asked ? '<redacted>' : inspect(asked)
  throw new UnreadableParams(
    `No subscription params provided. Please provide at least a \`schema\` or \`table\` to subscribe to: ${shown}`,
  )
}

function readEvent(event: unknown): Params['event'] {
  const name = typeof event === 'string' ? event.toUpperCase() : '*'
  return name === 'INSERT' || name === 'UPDATE' || name === 'DELETE' ? name : '*'
}

/** How a refusal names what was asked for. */
export function describe({ event, schema, table, filters, columns }: Params): string {
  const tuples = filters.map(
    ({ column, operator, value, negate }) => new Tuple([column, operator, value, negate]),
  )
  return `[event: ${event}, schema: ${schema}, table: ${table}, filters: ${inspectPretty(tuples)}, select: ${inspectPretty(columns)}]`
}
