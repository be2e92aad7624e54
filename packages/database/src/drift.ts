import { supabasePolicy } from '@supabase/pg-delta'
import { extract } from '@supabase/pg-delta/extract'
import { plan } from '@supabase/pg-delta/plan'
import pg from 'pg'

/**
 * The statements that would turn the database at `from` into the one at `to`; none where they are alike. What Supabase
 * itself owns is left out, and so are policies on its tables: `catalogue()` sees those.
 */
export async function statementsBetween(from: string, to: string): Promise<string[]> {
  const [source, desired] = await Promise.all([from, to].map(readFacts))
  return plan(source!, desired!, { policy: supabasePolicy }).actions.map((action) => action.sql)
}

async function readFacts(url: string) {
  const pool = new pg.Pool({ connectionString: url, max: 1 })
  try {
    return (await extract(pool)).factBase
  } finally {
    await pool.end()
  }
}

/** Every object in our schemas, and every policy and trigger of ours elsewhere, as one sorted line each. */
export async function catalogue(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(catalogueQuery)
  return rows.map((row) => row.line)
}

const catalogueQuery = `
  with ours as (select oid, nspname from pg_namespace where nspname in ('public', 'private', 'pgboss')),
  lines (line) as (
    select format('relation %s %s acl %s rls %s options %s', c.oid::regclass, c.relkind, c.relacl, c.relrowsecurity, c.reloptions)
      from pg_class c join ours on ours.oid = relnamespace
    union all
    select format('column %s.%s %s null %s default %s generated %s acl %s', attrelid::regclass, attname,
        format_type(atttypid, atttypmod), not attnotnull, pg_get_expr(adbin, adrelid), attgenerated, attacl)
      from pg_attribute join pg_class c on c.oid = attrelid join ours on ours.oid = relnamespace
      left join pg_attrdef on adrelid = attrelid and adnum = attnum
      where attnum > 0 and not attisdropped
    union all
    select format('constraint %s.%s %s', conrelid::regclass, conname, pg_get_constraintdef(k.oid))
      from pg_constraint k join ours on ours.oid = connamespace
    union all
    select format('index %s', indexdef) from pg_indexes join ours on nspname = schemaname
    union all
    select format('function %s acl %s %s', p.oid::regprocedure, proacl, pg_get_functiondef(p.oid))
      from pg_proc p join ours on ours.oid = pronamespace where prokind = 'f'
    union all
    select format('view %s %s', viewname, definition) from pg_views join ours on nspname = schemaname
    union all
    select format('policy %s.%s %s %s %s %s %s', schemaname, tablename, policyname, cmd, roles, qual, with_check) from pg_policies
    union all
    select format('trigger %s', pg_get_triggerdef(t.oid)) from pg_trigger t
      join pg_proc p on p.oid = tgfoid join ours on ours.oid = pronamespace where not tgisinternal
    union all
    select format('type %s %s', t.oid::regtype, string_agg(enumlabel, ',' order by enumsortorder))
      from pg_type t join ours on ours.oid = typnamespace join pg_enum on enumtypid = t.oid group by t.oid
    union all
    select format('comment %s %s: %s', classoid::regclass, pg_describe_object(classoid, objoid, objsubid), description)
      from pg_description where classoid in ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_namespace'::regclass)
        and pg_describe_object(classoid, objoid, objsubid) ~ '(public|private)'
    union all
    select format('default privileges %s %s %s %s', defaclrole::regrole, defaclnamespace::regnamespace, defaclobjtype, defaclacl)
      from pg_default_acl
    union all
    select format('schema %s acl %s', nspname, nspacl) from pg_namespace where nspname in ('public', 'private', 'pgboss')
  )
  select line from lines order by line collate "C"`
