import type { Media } from './media.ts'
import { ident } from './sql-text.ts'

/** What comes back of a statement, all of it text. */
export type Result = {
  total: string | null
  page: string
  body: string | Buffer
  headers: string | null
  status: string | null
  inserted: string | null
  location: string | null
}

export type Shape = {
  /** The rows a change or a function gives, where there are any to read from. */
  source: string | undefined
  /** The rows that are answered. */
  rows: string
  total: string | undefined
  media: Media
  /** Only how many they are: nobody asked for the rows. */
  isSilent: boolean
  /** Of a function: whether its rows are values, and one alone. */
  isScalar: boolean
  isOne: boolean
  /** The columns that say where the first row is. */
  location: string[]
}

/** One statement that reads or changes, counts, and writes the answer. */
export function resultSql(shape: Shape): string {
  const { source, rows, total, location } = shape
  const tables = [...(source === undefined ? [] : [`pgrst_source as (${source})`]), `pgrst_rows as (${rows})`]
  const first = location.map((column) => `${ident(column)}::text as ${ident(column)}`).join(', ')
  return `with ${tables.join(', ')} select
    ${total === undefined ? 'null' : `(select count(*) from (${total}) as pgrst_total)`} as total,
    count(*) as page,
    ${shape.isSilent ? `''` : bodyOf(shape)} as body,
    nullif(current_setting('response.headers', true), '') as headers,
    nullif(current_setting('response.status', true), '') as status,
    nullif(current_setting('pgrst.inserted', true), '') as inserted,
    ${location.length > 0 ? `(select row_to_json(pgrst_first)::text from (select ${first} from pgrst_source limit 1) as pgrst_first)` : 'null'} as location
    from pgrst_rows as pgrst_row`
}

function bodyOf({ media, isScalar, isOne }: Shape): string {
  const row = isScalar ? 'pgrst_row.pgrst_scalar' : 'pgrst_row'
  if (media.kind === 'value') return `(array_agg(${row}))[1]`
  if (media.kind === 'csv') return csv
  const stripped = (json: string) => (media.stripped ? `json_strip_nulls(${json})` : json)
  // Taken out of a list as a row is, a long value would be read again.
  if (isScalar && isOne) return `coalesce(${stripped(`(array_agg(to_json(${row})))[1]`)}::text, 'null')`
  const list = stripped(`coalesce(json_agg(${row}), '[]')`)
  return isOne || media.kind === 'object' ? `coalesce((${list} -> 0)::text, 'null')` : `${list}::text`
}

const header = `(
  select coalesce(string_agg(pgrst_key, ','), '') from (
    select json_object_keys(row_to_json(pgrst_first)) as pgrst_key from (select * from pgrst_rows limit 1) as pgrst_first) as pgrst_keys)`
const lines = `coalesce(string_agg(substring(pgrst_row::text, 2, length(pgrst_row::text) - 2), E'\\n'), '')`
const csv = `${header} || E'\\n' || ${lines}`
