import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asFault } from '../src/data/database-fault.ts'
import { withClient } from '../src/sql.ts'
import { startTestStack, type TestStack } from '../testing/stack.ts'
import { clientOf, member, type Person } from './people.ts'

let stack: TestStack
let ada: Person
let bob: Person
beforeAll(async () => {
  stack = await startTestStack()
  await sql(`
    create table public.notes (id uuid primary key default gen_random_uuid(), owner uuid not null default auth.uid(), text text);
    alter table public.notes enable row level security;
    grant select, insert (text) on public.notes to authenticated;
    create policy select_owner on public.notes for select to authenticated using (owner = (select auth.uid()));
    create policy insert_owner on public.notes for insert to authenticated with check (owner = (select auth.uid()));
    create function public.who() returns jsonb language sql stable as $$
      select jsonb_build_object('role', current_user, 'request', current_setting('request.headers')::jsonb ->> 'x-request-id') $$;
    create function public.sent() returns jsonb language sql stable as $$ select current_setting('request.cookies')::jsonb $$;
    create function public.kind_of(value jsonb) returns text language sql immutable as 'select jsonb_typeof(value)';
    create function public.refuse(state text) returns void language plpgsql as $$
      begin raise exception using errcode = state, detail = 'domain_taken', hint = 'Another one.', message = 'No.'; end $$;
    grant execute on function public.who, public.sent, public.kind_of, public.refuse to anon, authenticated, service_role;
  `)
  ;[ada, bob] = [await member(stack, 'ada'), await member(stack, 'bob')]
})
afterAll(() => stack?.stop())

async function sql(text: string) {
  return (await withClient(stack.urls.database, (client) => client.query(text))).rows
}

const call = (path: string, headers: Record<string, string> = {}) =>
  fetch(stack.urls.api + path, { headers: { apikey: stack.keys.publishable, ...headers } })

describe('the Data API', () => {
  test('follows the migrations: a table made a moment ago is there, and rows are seen by their owner alone', async () => {
    await expect.poll(async () => (await ada.client.from('notes').insert({ text: 'mine' })).error).toBeNull()
    expect((await ada.client.from('notes').select('text')).data).toEqual([{ text: 'mine' }])
    expect((await bob.client.from('notes').select('text')).data).toEqual([])
    expect((await clientOf(stack, stack.keys.publishable).from('notes').select()).status).toBe(401)
  })

  test('listens once, however often it was turned away', async () => {
    const admin = (text: string) =>
      withClient(stack.urls.databaseAdmin, async (client) => (await client.query(text)).rows)
    const listening = `from pg_stat_activity where usename = 'authenticator' and query = 'listen pgrst'`
    await admin('alter role authenticator connection limit 0')
    await admin(`select pg_terminate_backend(pid) ${listening}`)
    // Time for two tries; it tries each second.
    await new Promise((pass) => setTimeout(pass, 2_500))
    await admin('alter role authenticator connection limit -1')
    const there = async () => (await admin(`select count(*)::int as count ${listening}`))[0]?.count
    await expect.poll(there).toBeGreaterThan(0)
    await sql('create table public.later (id int primary key); grant select on public.later to authenticated')
    await expect.poll(async () => (await ada.client.from('later').select()).error).toBeNull()
    expect(await there()).toBe(1)
  })

  test('answers a refusal of the database with its code and words, and the status PostgREST has for it', async () => {
    const statuses = {
      PT409: 409,
      P0001: 400,
      23514: 400,
      '23P01': 400,
      '0A000': 400,
      23503: 409,
      23505: 409,
      25006: 405,
      28000: 403,
      42501: 403,
      40001: 500,
      53400: 500,
      54001: 500,
      57014: 500,
      P0002: 500,
      XX000: 500,
      '08006': 503,
      53300: 503,
    }
    const words = { message: 'No.', details: 'domain_taken', hint: 'Another one.' }
    for (const [code, expected] of Object.entries(statuses)) {
      const { status, error } = await ada.client.rpc('refuse', { state: code })
      expect([code, status, error]).toMatchObject([code, expected, { code, ...words }])
    }
  })

  test('says that it waits for the database, where that is what it does', () => {
    for (const [code, message] of [
      ['ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:5432'],
      [undefined, 'Connection terminated unexpectedly'],
      [undefined, 'timeout exceeded when trying to connect'],
    ]) {
      const lost = Object.assign(new Error(message), { code })
      expect(asFault(lost, true)?.status).toBe(/timeout/.test(String(message)) ? 504 : 503)
    }
    expect(asFault(new TypeError('a defect'), true)).toBeUndefined()
  })

  test('takes a text for a text where a function asks for JSON', async () => {
    for (const [value, kind] of [
      ['hello', 'string'],
      ['{"type":"doc"}', 'string'],
      [{ type: 'doc' }, 'object'],
      [[1], 'array'],
      [true, 'boolean'],
    ]) {
      expect((await ada.client.rpc('kind_of', { value })).data).toBe(kind)
    }
  })

  test('hands the request on to the database', async () => {
    const answer = await call('/rest/v1/rpc/who', { 'x-request-id': 'abcdefgh-1' })
    expect(await answer.json()).toEqual({ role: 'anon', request: 'abcdefgh-1' })
    expect(answer.headers.get('x-request-id')).toBe('abcdefgh-1')
  })

  test('reads the cookies of a request at once, whatever is in them', async () => {
    const answer = await call('/rest/v1/rpc/sent', { cookie: `a=1; b = 2=3 ;${' '.repeat(4_000)}c; =d` })
    expect(await answer.json()).toEqual({ a: '1', b: '2=3' })
  })

  test('keeps a request that comes again prepared, after many that came once', async () => {
    await sql(`create function public.is_prepared(word text) returns boolean language sql stable as $$
        select exists (select from pg_prepared_statements where position(word in statement) > 0) $$;
      grant execute on function public.is_prepared to authenticated`)
    const select = async (name: string) => (await ada.client.from('notes').select(`${name}:text`)).error
    for (let round = 0; round < 30; round += 1) {
      const names = Array.from({ length: 20 }, (_, n) => `once_${round}_${n}`)
      expect(new Set(await Promise.all(names.map(select)))).toEqual(new Set([null]))
    }
    const isPrepared = async (word: string) =>
      (await ada.client.rpc('is_prepared', { word }, { get: true })).data
    await expect
      .poll(async () => {
        await select('again_and_again')
        return isPrepared('again_and_again')
      })
      .toBe(true)
    expect(await isPrepared('once_29_19')).toBe(false)
  })

  test('never writes for who only reads', async () => {
    await sql(`create function public.sneak() returns void language sql as 'insert into public.notes (owner) values (gen_random_uuid())';
      grant execute on function public.sneak to anon`)
    await expect.poll(async () => (await call('/rest/v1/rpc/sneak')).status).toBe(405)
  })

  test('grants nothing to anybody, whoever asks', async () => {
    const privileges = `
      select relacl::text as acl, oid::regclass::text as name from pg_class where relnamespace::regnamespace::text in ('public', 'storage', 'auth')
      union all select defaclacl::text, defaclnamespace::regnamespace::text from pg_default_acl
      union all select nspacl::text, nspname from pg_namespace order by 2, 1`
    const before = await sql(privileges)
    for (const key of [stack.keys.publishable, stack.keys.secret]) {
      await clientOf(stack, key).from('notes').select()
      await clientOf(stack, key).storage.from('attachments').list()
    }
    await ada.client.storage.from('attachments').list()
    expect(await sql(privileges)).toEqual(before)
  })
})
