import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { prepare } from '../src/prepare.ts'
import { withClient } from '../src/sql.ts'

const name = `prepared_${randomUUID().replaceAll('-', '')}`
const urlAs = (user: string) => {
  const url = new URL(inject('adminUrl'))
  url.username = user
  url.pathname = `/${name}`
  return url.href
}
let migrating: pg.Client

beforeAll(async () => {
  await withClient(inject('adminUrl'), (client) => client.query(`create database ${name}`))
  await prepare(urlAs('supabase_admin'))
  migrating = new pg.Client(urlAs('postgres'))
  await migrating.connect()
})
afterAll(async () => {
  await migrating.end()
  await withClient(inject('adminUrl'), (client) => client.query(`drop database ${name} with (force)`))
})

/** Runs a statement as the role that runs the migrations, and forgets it. */
async function tries(statement: string): Promise<string> {
  await migrating.query('begin')
  try {
    await migrating.query(statement)
    return 'done'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    await migrating.query('rollback')
  }
}

describe('a prepared database', () => {
  test('a migration may do what it may on hosted', async () => {
    const allowed = [
      'create policy p on storage.objects for select to authenticated using (true)',
      'create policy p on realtime.messages for select to authenticated using (true)',
      'create policy p on storage.objects for select using (true); drop policy p on storage.objects',
      `create function public.t() returns trigger language plpgsql as 'begin return new; end';
       create trigger t after insert on auth.users for each row execute function public.t();
       drop trigger t on auth.users`,
      'create table public.t (id uuid primary key references auth.users on delete cascade)',
      'create table public.t (id int); alter publication supabase_realtime add table public.t',
      'create extension pg_trgm with schema extensions',
      'create extension unaccent with schema extensions',
      'create extension citext with schema extensions',
      'create schema somewhere; drop schema somewhere',
      `insert into auth.users (id, email) values (gen_random_uuid(), 'a@b.example')`,
      'set local role authenticated',
    ]
    for (const statement of allowed) expect([statement, await tries(statement)]).toEqual([statement, 'done'])
  })

  test('and may not what only a superuser or the owner may', async () => {
    const refused = [
      `set session_preload_libraries to 'x'`,
      'create role r superuser',
      'alter role supabase_admin nologin',
      'set local role supabase_admin',
      'set local role supabase_auth_admin',
      `copy (select 1) to program 'true'`,
      `select pg_read_file('/etc/passwd')`,
      'create table auth.t (id int)',
      'alter table auth.users add column c int',
      'alter table storage.objects disable row level security',
      'drop table storage.objects cascade',
      'drop schema realtime cascade',
      'alter schema storage rename to elsewhere',
      'alter event trigger guard_reserved_ddl disable',
      'drop event trigger guard_reserved_drop',
      `create or replace function extensions.guard_reserved_schemas() returns event_trigger language plpgsql as 'begin end'`,
      'create publication p for all tables',
    ]
    for (const statement of refused) {
      expect([statement, await tries(statement)]).toEqual([
        statement,
        expect.stringMatching(/must be|permission denied/),
      ])
    }
  })

  test('nothing that is made in public is open to the API roles', async () => {
    await migrating.query('create table public.closed (id int)')
    const { rows } = await migrating.query(`
      select role, privilege from unnest(array['anon', 'authenticated', 'service_role']) as role,
        unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']) as privilege
      where has_table_privilege(role, 'public.closed', privilege)`)
    expect(rows).toEqual([])
  })

  test('what Auth keeps is closed to the API roles, the secret key among them, and to read for a migration', async () => {
    const may = async (roles: string, privileges: string) =>
      (
        await migrating.query(`
          select role, table_name, privilege from information_schema.tables,
            unnest(array[${roles}]) as role, unnest(array[${privileges}]) as privilege
          where table_schema = 'auth'
            and has_table_privilege(role, format('auth.%I', table_name), privilege)`)
      ).rows
    const all = `'select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger'`
    expect(await may(`'anon', 'authenticated', 'service_role'`, all)).toEqual([])
    const tables = await migrating.query(`select from information_schema.tables where table_schema = 'auth'`)
    expect(await may(`'postgres'`, `'select'`)).toHaveLength(tables.rows.length)
    expect(
      await tries(
        'create role reader; grant select on auth.users, auth.mfa_factors, auth.sessions to reader',
      ),
    ).toBe('done')
    expect(
      await tries('set local role authenticated; select auth.uid(), auth.role(), auth.jwt(), auth.email()'),
    ).toBe('done')
  })

  test('knows Arabic letters, to sort and to compare', async () => {
    const sorted = await migrating.query(
      `select string_agg(w, ' ' order by w) as words from unnest(array['ت', 'آ', 'ب', 'b', 'A', 'أ']) as w`,
    )
    expect(sorted.rows[0].words).toBe('A b آ أ ب ت')
    expect(
      await tries(
        `create extension pg_trgm with schema extensions; do $$ begin assert cardinality(extensions.show_trgm('مصنع')) > 3; end $$`,
      ),
    ).toBe('done')
  })

  test('is left alone the second time', async () => {
    await expect(prepare(urlAs('supabase_admin'))).resolves.toBeUndefined()
  })

  test('is prepared beside others of its cluster, with which it shares the roles', async () => {
    const others = [1, 2, 3, 4].map((nth) => `${name}_${nth}`)
    const admin = (statement: (name: string) => string) =>
      withClient(inject('adminUrl'), async (client) => {
        for (const other of others) await client.query(statement(other))
      })
    await admin((other) => `create database ${other}`)
    await Promise.all(others.map((other) => prepare(urlAs('supabase_admin').replace(name, other))))
    await admin((other) => `drop database ${other} with (force)`)
  })
})
