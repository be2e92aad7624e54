import { test } from '@p2p/database/testing'
import { describe, expect } from 'vitest'

/** Each query finds offenders; a healthy schema has none. */
const rules: Record<string, string> = {
  'every public table is under row level security': `
    select c.oid::regclass::text as offender from pg_class c
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relrowsecurity`,
  'every table says what it is': `
    select c.oid::regclass::text as offender from pg_class c
    where relnamespace in ('public'::regnamespace, 'private'::regnamespace) and relkind in ('r', 'p')
      and obj_description(oid, 'pg_class') is null`,
  'every public function says what it does': `
    select oid::regprocedure::text as offender from pg_proc
    where pronamespace = 'public'::regnamespace and obj_description(oid, 'pg_proc') is null`,
  'every function pins its search_path': `
    select oid::regprocedure::text as offender from pg_proc
    where pronamespace in ('public'::regnamespace, 'private'::regnamespace)
      and not coalesce(proconfig @> array['search_path=""'], false)`,
  // But the terms and the privacy notice, which one reads before one has an account.
  'a visitor may execute nothing and read nothing': `
    select oid::regprocedure::text as offender from pg_proc
      where pronamespace in ('public'::regnamespace, 'private'::regnamespace)
        and has_function_privilege('anon', oid, 'execute')
    union all
    select c.oid::regclass::text from pg_class c
      where relnamespace in ('public'::regnamespace, 'private'::regnamespace) and relkind in ('r', 'p', 'v')
        and c.oid <> 'public.legal_documents'::regclass
        and (has_table_privilege('anon', oid, 'select') or has_any_column_privilege('anon', oid, 'insert, update'))`,
  'a private table is reachable by nobody but its owner': `
    select c.oid::regclass::text as offender from pg_class c
    where relnamespace = 'private'::regnamespace and relkind in ('r', 'p')
      and (has_any_column_privilege('authenticated', oid, 'select, insert, update')
        or has_table_privilege('authenticated', oid, 'delete'))`,
  'a view reads with the rights of its reader': `
    select c.oid::regclass::text as offender from pg_class c
    where relnamespace in ('public'::regnamespace, 'private'::regnamespace) and relkind = 'v'
      and not coalesce(reloptions @> array['security_invoker=true'], false)`,
  'every policy is named <command>_<who> and names its role': `
    select tablename || '.' || policyname as offender from pg_policies
    where schemaname in ('public', 'realtime')
      and (policyname !~ ('^' || lower(cmd) || '_[a-z_]+$') or roles = '{public}')`,
  'one policy for each table and command': `
    select tablename || ' ' || cmd as offender from pg_policies
    where schemaname = 'public' group by tablename, cmd having count(*) > 1`,
  'no policy asks who is there once per row': `
    select tablename || '.' || policyname as offender from pg_policies
    where schemaname in ('public', 'realtime')
      and regexp_replace(coalesce(qual, '') || coalesce(with_check, ''), 'SELECT (auth|private|realtime)\\.\\w+', '', 'g')
        ~ '(auth\\.uid|private\\.my_\\w+|realtime\\.topic)\\('`,
  'every foreign key is indexed': `
    select conrelid::regclass || '.' || conname as offender from pg_constraint k
    where contype = 'f' and connamespace in ('public'::regnamespace, 'private'::regnamespace)
      and not exists (select from pg_index i where i.indrelid = k.conrelid
        and (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey)`,
  'every table has a primary key': `
    select c.oid::regclass::text as offender from pg_class c
    where relnamespace in ('public'::regnamespace, 'private'::regnamespace) and relkind in ('r', 'p')
      and not exists (select from pg_constraint where conrelid = c.oid and contype = 'p')`,
  'times know their zone': `
    select attrelid::regclass || '.' || attname as offender from pg_attribute join pg_class c on c.oid = attrelid
    where relnamespace in ('public'::regnamespace, 'private'::regnamespace) and atttypid = 'timestamp'::regtype`,
}

describe('the schema keeps its own rules', () => {
  for (const [rule, query] of Object.entries(rules)) {
    test(rule, async ({ db }) => {
      expect((await db.client.query(query)).rows).toEqual([])
    })
  }
})
