import { z } from 'zod'
import type { Run } from './database.ts'
import { ident } from './sql-text.ts'

const Column = z.object({
  name: z.string(),
  description: z.string().nullable(),
  nullable: z.boolean(),
  type: z.string(),
  length: z.number().nullable(),
  default: z.string().nullable(),
  values: z.array(z.string()),
  isKey: z.boolean(),
  refers: z.object({ table: z.string(), column: z.string() }).nullable(),
})
const Table = z.object({
  name: z.string(),
  description: z.string().nullable(),
  isChangeable: z.boolean(),
  columns: z.array(Column),
})
const Parameter = z.object({
  name: z.string(),
  type: z.string(),
  isRequired: z.boolean(),
  isVariadic: z.boolean(),
})
const Routine = z.object({
  name: z.string(),
  description: z.string().nullable(),
  isVolatile: z.boolean(),
  parameters: z.array(Parameter),
})
const Described = z.object({
  description: z.string().nullable(),
  tables: z.array(Table),
  routines: z.array(Routine),
})
export type Described = z.infer<typeof Described>
export type DescribedTable = z.infer<typeof Table>
export type DescribedColumn = z.infer<typeof Column>
export type DescribedRoutine = z.infer<typeof Routine>
export type DescribedParameter = z.infer<typeof Parameter>

const columns = `
  select a.attrelid, jsonb_agg(jsonb_build_object(
    'name', a.attname, 'description', col_description(a.attrelid, a.attnum),
    'nullable', not (a.attnotnull or t.typtype = 'd' and t.typnotnull),
    'type', case
      when t.typtype = 'd' and b.typnamespace = 'pg_catalog'::regnamespace then format_type(b.oid, null)
      when t.typnamespace = 'pg_catalog'::regnamespace then format_type(t.oid, null)
      else format_type(t.oid, a.atttypmod) end,
    'length', information_schema._pg_char_max_length(
      information_schema._pg_truetypid(a.*, t.*), information_schema._pg_truetypmod(a.*, t.*)),
    'default', case
      when a.attidentity = 'd' then format('nextval(%L)',
        (select objid::regclass::text from pg_depend where refobjid = a.attrelid and refobjsubid = a.attnum and deptype = 'i' limit 1))
      when a.attgenerated = 's' then null
      else coalesce(pg_get_expr(d.adbin, d.adrelid), t.typdefault) end,
    'values', coalesce((select jsonb_agg(enumlabel order by enumsortorder) from pg_enum where enumtypid = coalesce(b.oid, t.oid)), '[]'),
    'isKey', exists (select from pg_constraint k where k.conrelid = a.attrelid and k.contype = 'p' and a.attnum = any (k.conkey)),
    'refers', (
      select jsonb_build_object('table', r.relname, 'column', ra.attname)
      from pg_constraint k join pg_class r on r.oid = k.confrelid
      join pg_attribute ra on ra.attrelid = r.oid and ra.attnum = k.confkey[1]
      where k.conrelid = a.attrelid and k.contype = 'f' and k.conkey = array[a.attnum] order by k.conname limit 1)
  ) order by a.attnum) as columns
  from pg_attribute a join pg_type t on t.oid = a.atttypid left join pg_type b on b.oid = pg_basetype(t.oid) and t.typtype = 'd'
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attnum > 0 and not a.attisdropped
  group by a.attrelid`

const tables = `
  select coalesce(jsonb_agg(jsonb_build_object(
    'name', c.relname, 'description', obj_description(c.oid, 'pg_class'),
    'isChangeable', c.relkind in ('r', 'p') or c.relkind in ('v', 'f') and pg_relation_is_updatable(c.oid, true) & 28 <> 0,
    'columns', coalesce(columns.columns, '[]')) order by c.relname), '[]')
  from pg_class c left join (${columns}) as columns on columns.attrelid = c.oid
  where c.relkind in ('r', 'v', 'm', 'f', 'p') and not c.relispartition and c.relnamespace = $1::regnamespace
    and (pg_has_role(c.relowner, 'usage') or has_table_privilege(c.oid, 'select, insert, update, delete, truncate, references, trigger')
      or has_any_column_privilege(c.oid, 'select, insert, update, references'))`

const routines = `
  select coalesce(jsonb_agg(jsonb_build_object(
    'name', p.proname, 'description', obj_description(p.oid, 'pg_proc'), 'isVolatile', p.provolatile = 'v',
    'parameters', coalesce((
      select jsonb_agg(jsonb_build_object('name', coalesce(name, ''), 'type', format_type(type, null),
        'isRequired', place <= p.pronargs - p.pronargdefaults, 'isVariadic', coalesce(mode = 'v', false)) order by place)
      from (
        select name, mode, type, row_number() over (order by at) as place
        from rows from (unnest(p.proargnames), unnest(p.proargmodes), unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])))
          with ordinality as argument (name, mode, type, at)
        where mode is null or mode in ('i', 'b', 'v')) as given), '[]')) order by p.proname), '[]')
  from pg_proc p
  where p.prokind = 'f' and p.pronamespace = $1::regnamespace and p.prorettype <> 'trigger'::regtype
    and p.prorettype <> 'event_trigger'::regtype and has_function_privilege(p.oid, 'execute')`

/** What the role of the transaction may use of a schema, as PostgREST's document names it. */
export async function describeSchema(run: Run, schema: string): Promise<Described> {
  // So that types are written with the schema they are from.
  await run(`select set_config('search_path', '', true)`)
  const parts = `'description', obj_description($1::regnamespace, 'pg_namespace'), 'tables', (${tables}), 'routines', (${routines})`
  const [row] = await run<{ described: string }>(`select jsonb_build_object(${parts})::text as described`, [
    ident(schema),
  ])
  return Described.parse(JSON.parse(row?.described ?? ''))
}
