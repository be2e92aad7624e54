import type { Json } from './openapi-types.ts'

const header = (name: string, description: string, more: Json = {}) => ({
  name,
  description,
  required: false,
  in: 'header',
  type: 'string',
  ...more,
})
const query = (name: string, description: string) => ({ ...header(name, description), in: 'query' })
const prefer = (...values: string[]) =>
  header('Prefer', 'Preference', values.length > 0 ? { enum: values } : {})
const returns = ['return=representation', 'return=minimal', 'return=none']

/** The parameters that every table's paths have in common. */
export const common: Json = {
  preferParams: prefer(),
  preferReturn: prefer(...returns),
  preferCount: prefer('count=none'),
  preferPost: prefer(...returns, 'resolution=ignore-duplicates', 'resolution=merge-duplicates'),
  select: query('select', 'Filtering Columns'),
  on_conflict: query('on_conflict', 'On Conflict'),
  order: query('order', 'Ordering'),
  range: header('Range', 'Limiting and Pagination'),
  rangeUnit: header('Range-Unit', 'Limiting and Pagination', { default: 'items' }),
  offset: query('offset', 'Limiting and Pagination'),
  limit: query('limit', 'Limiting and Pagination'),
}
