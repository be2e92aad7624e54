import type { IPostgresConnectionConfig } from '@supabase/lite/postgres'

type Types = NonNullable<NonNullable<IPostgresConnectionConfig['postgresOptions']>['types']>

const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

/**
 * Auth and Storage of @supabase/lite hand over JSON they have already written as text, and its connection would write
 * it as JSON again: a column of objects would come to hold strings, which no trigger or policy could look into.
 */
export const writtenJson: Types = {
  json: { to: 114, from: [114], serialize: text, parse: JSON.parse },
  jsonb: { to: 3802, from: [3802], serialize: text, parse: JSON.parse },
}
