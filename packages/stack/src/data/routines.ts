import { withClient } from '../sql.ts'
import type { Setting } from './database.ts'
import { keyOf, type Name } from './sql-text.ts'

/** A function as it is called: what it takes, what it gives, what it makes of the transaction around it. */
export type Routine = Name & {
  isVolatile: boolean
  returns: 'void' | 'scalar' | 'rows'
  isSet: boolean
  /** The table whose rows it gives. */
  table: Name | null
  /** The media type by which its one value goes out, where its type is named after one. */
  media: string | null
  /** Those that are given, in order; an empty name for one without. */
  parameters: Parameter[]
  /** Those of its own settings that must hold from the transaction's start. */
  settings: Setting[]
}

export type Parameter = { name: string; type: string; isRequired: boolean; isVariadic: boolean }

/** PostgREST's db-hoisted-tx-settings as it stands without being told otherwise, but for the isolation level. */
const hoisted = ['statement_timeout', 'plan_filter.statement_cost_limit']

const all = `
  select n.nspname as schema, p.proname as name, p.provolatile = 'v' as "isVolatile", p.proretset as "isSet",
    case
      when r.oid = 'void'::regtype then 'void'
      when b.typtype = 'c' or p.proargmodes && '{t,b,o}'::"char"[] then 'rows'
      else 'scalar' end as returns,
    (select jsonb_build_object('schema', cn.nspname, 'name', c.relname) from pg_class c join pg_namespace cn on cn.oid = c.relnamespace
      where c.reltype = b.oid and c.relkind in ('r', 'p', 'v', 'm', 'f')) as table,
    case when r.typtype = 'd' and r.typname ~ '^[^/ ]+/[^/ ]+$' then r.typname end as media,
    coalesce((
      select jsonb_agg(jsonb_build_object(
        'name', coalesce(given.name, ''), 'type', regexp_replace(format_type(given.type, null), '^(character|bit)($|[[])', '\\1 varying\\2'),
        'isRequired', place <= p.pronargs - p.pronargdefaults, 'isVariadic', coalesce(given.mode = 'v', false)) order by place)
      from (
        select name, mode, type, row_number() over (order by at) as place
        from rows from (
          unnest(p.proargnames), unnest(p.proargmodes),
          unnest(coalesce(p.proallargtypes, p.proargtypes::oid[]))
        ) with ordinality as argument (name, mode, type, at)
        where mode is null or mode in ('i', 'b', 'v')
      ) as given
    ), '[]') as parameters,
    coalesce((
      select jsonb_agg(jsonb_build_array(split_part(setting, '=', 1), substr(setting, strpos(setting, '=') + 1)))
      from unnest(p.proconfig) as setting where split_part(setting, '=', 1) = any ($1)
    ), '[]') as settings
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  join pg_type r on r.oid = p.prorettype join pg_type b on b.oid = pg_basetype(r.oid)
  where p.prokind = 'f' and n.nspname not in ('pg_catalog', 'information_schema')`

export type Routines = (name: Name) => Routine[]

export async function readRoutines(
  adminUrl: string,
): Promise<{ find: Routines; names: (schema: string) => string[] }> {
  const { rows } = await withClient(adminUrl, async (client) => {
    await client.query(`set search_path = ''`)
    return client.query<Routine>(all, [hoisted])
  })
  const found = Map.groupBy(rows, keyOf)
  return {
    find: (name) => found.get(keyOf(name)) ?? [],
    names: (schema) => [...new Set(rows.filter((each) => each.schema === schema).map(({ name }) => name))],
  }
}
