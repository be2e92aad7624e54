import { withClient } from '../sql.ts'
import type { Changes } from './catalogue.ts'

/** A column of a table or view: its type as SQL writes it, and what is written where nothing is given. */
export type Column = {
  name: string
  type: string
  isJson: boolean
  isTsvector: boolean
  default: string | null
}
export type Relation = { schema: string; name: string; isView: boolean; changes: Changes; columns: Column[] }

/** Partitions are reached through the table they are parts of. */
const all = `
  select n.nspname as schema, c.relname as name, c.relkind in ('v', 'm') as "isView",
    jsonb_build_object(
      'insert', c.relkind in ('r', 'p') or pg_relation_is_updatable(c.oid, true) & 8 = 8,
      'update', c.relkind in ('r', 'p') or pg_relation_is_updatable(c.oid, true) & 4 = 4,
      'delete', c.relkind in ('r', 'p') or pg_relation_is_updatable(c.oid, true) & 16 = 16) as changes,
    coalesce((
      select jsonb_agg(jsonb_build_object(
        'name', a.attname,
        'type', format_type(a.atttypid, a.atttypmod),
        'isJson', pg_basetype(t.oid) in ('json'::regtype, 'jsonb'::regtype),
        'isTsvector', pg_basetype(t.oid) = 'tsvector'::regtype,
        'default', case
          when a.attidentity <> '' then format('nextval(%L)', pg_get_serial_sequence(format('%I.%I', n.nspname, c.relname), a.attname))
          when a.attgenerated <> '' then null
          else coalesce(pg_get_expr(d.adbin, d.adrelid), pg_get_expr(t.typdefaultbin, 0))
        end) order by a.attnum)
      from pg_attribute a join pg_type t on t.oid = a.atttypid
      left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    ), '[]') as columns
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
    and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
  order by 1, 2`

/** Every table there is with its columns, asked as the superuser. */
export async function readColumns(adminUrl: string): Promise<Relation[]> {
  const { rows } = await withClient(adminUrl, async (client) => {
    // So that types and defaults are written with the schema they are from, whatever is searched later.
    await client.query(`set search_path = ''`)
    return client.query<Relation>(all)
  })
  return rows
}
