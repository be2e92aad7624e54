import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Library, library, newer, seen } from './data-world.ts'
import { admin, sql, target } from './world.ts'

let lib: Library
const fn = (name: string) => `${lib.prefix}_${name}`
beforeAll(async () => {
  lib = await library()
  const f = (name: string) => `public.${fn(name)}`
  await sql(`
    create function ${f('add')}(a int, b int default 10) returns int language sql immutable as 'select a + b';
    create function ${f('kind')}(value jsonb) returns text language sql immutable as 'select jsonb_typeof(value)';
    create function ${f('big')}(value numeric) returns numeric language sql immutable as 'select value';
    create function ${f('flag')}("isSet" boolean) returns boolean language sql immutable as 'select "isSet"';
    create function ${f('join')}(variadic words text[]) returns text language sql immutable as $$ select array_to_string(words, '-') $$;
    create function ${f('books')}() returns setof public.${lib.books} language sql stable as 'select * from public.${lib.books} order by id';
    create function ${f('book')}(id int) returns public.${lib.books} language sql stable as 'select b from public.${lib.books} b where b.id = $1';
    create function ${f('rows')}() returns table (n int, t text) language sql immutable as $$ values (1, 'a'), (2, 'b') $$;
    create function ${f('out')}(x int, out twice int, out thrice int) language sql immutable as 'select x * 2, x * 3';
    create function ${f('nothing')}() returns void language sql as 'select 1';
    create function ${f('many')}() returns setof int language sql immutable as 'values (1), (2)';
    create function ${f('whole')}(json) returns text language sql immutable as $$ select $1 ->> 'a' $$;
    create function ${f('over')}(a int) returns text language sql immutable as $$ select 'int' $$;
    create function ${f('over')}(a int, b int) returns text language sql immutable as $$ select 'two' $$;
    create function ${f('write')}() returns int language sql volatile as 'insert into public.${lib.labels} values (77) returning id';
    create function ${f('said')}(name text) returns text language sql stable as $$ select current_setting(name, true) $$;
    create function ${f('answer')}() returns text language plpgsql as $$ begin
      perform set_config('response.status', '418', true);
      perform set_config('response.headers', '[{"x-tea": "pot"}]', true);
      return 'tea'; end $$;
  `)
  const made = await sql<{ name: string }>(
    `select oid::regprocedure::text as name from pg_proc where proname like '${lib.prefix}\\_%'`,
  )
  await sql(made.map(({ name }) => `grant execute on function ${name} to service_role;`).join('\n'))
  await sql(
    `create table public.${lib.prefix}_last (id int); grant select on public.${lib.prefix}_last to service_role`,
  )
  await seen(`${lib.prefix}_last`)
})
afterAll(async () => {
  const made = await sql<{ name: string }>(
    `select oid::regprocedure::text as name from pg_proc where proname like '${lib.prefix}\\_%'`,
  )
  await sql(made.map(({ name }) => `drop function ${name} cascade;`).join('\n'))
  await sql(`drop table public.${lib.prefix}_last`)
  await lib.drop()
})

describe('rest.rpc', () => {
  it('gives a value as it is, with arguments left out where they have a default', async () => {
    expect((await admin.rpc(fn('add'), { a: 1, b: 2 })).data).toBe(3)
    expect((await admin.rpc(fn('add'), { a: 1 })).data).toBe(11)
    expect((await admin.rpc(fn('add'), { a: 1 }, { get: true })).data).toBe(11)
  })

  it('hands over arguments as the types they are for', async () => {
    for (const [value, kind] of [
      ['text', 'string'],
      [{ a: 1 }, 'object'],
      [[1], 'array'],
      [null, null],
    ]) {
      expect([value, (await admin.rpc(fn('kind'), { value })).data]).toEqual([value, kind])
    }
    const answer = await fetch(`${target.api}/rest/v1/rpc/${fn('big')}`, {
      method: 'POST',
      headers: { apikey: target.secretKey, 'content-type': 'application/json' },
      body: '{"value":12345678901234567890.10}',
    })
    expect(await answer.text()).toBe('12345678901234567890.10')
    expect((await admin.rpc(fn('flag'), { isSet: true }, { get: true })).data).toBe(true)
    expect((await admin.rpc(fn('join'), { words: ['a', 'b'] })).data).toBe('a-b')
  })

  it('gives rows that can be filtered, ordered, cut and embedded in', async () => {
    const { data, count } = await admin
      .rpc(fn('books'), {}, { count: 'exact', get: true })
      .select(`title,${lib.authors}(name)`)
      .not('author_id', 'is', null)
      .order('pages', { ascending: false })
      .limit(1)
    expect([data, count]).toEqual([[{ title: 'Boats', [lib.authors]: { name: 'Bob' } }], 3])
    const head = await admin.rpc(fn('books'), {}, { head: true, count: 'exact' })
    expect([head.data, head.count]).toEqual([null, 4])
  })

  it('gives one row, a table, several values, or nothing', async () => {
    expect((await admin.rpc(fn('book'), { id: 1 }).select('title')).data).toEqual({ title: 'Notes' })
    expect((await admin.rpc(fn('rows'))).data).toEqual([
      { n: 1, t: 'a' },
      { n: 2, t: 'b' },
    ])
    expect((await admin.rpc(fn('out'), { x: 2 })).data).toEqual({ twice: 4, thrice: 6 })
    expect((await admin.rpc(fn('many'))).data).toEqual([1, 2])
    const none = await admin.rpc(fn('nothing'))
    expect([none.status, none.data]).toEqual([204, null])
  })

  it('gives the body whole to a function of one JSON, and chooses among those of a name', async () => {
    expect((await admin.rpc(fn('whole'), { a: 'x', c: 1 })).data).toBe('x')
    expect((await admin.rpc(fn('over'), { a: 1 })).data).toBe('int')
    expect((await admin.rpc(fn('over'), { a: 1, b: 1 })).data).toBe('two')
  })

  it('writes by POST, and never by GET', async () => {
    const { error, status } = await admin.rpc(fn('write'), {}, { get: true })
    expect([status, error?.code]).toEqual([405, '25006'])
    expect((await admin.rpc(fn('write'))).data).toBe(77)
  })

  it('knows the request, and may say what is answered', async () => {
    const said = async (name: string) => (await admin.rpc(fn('said'), { name })).data
    expect(await said('role')).toBe('service_role')
    expect(await said('request.method')).toBe('POST')
    expect(await said('request.path')).toBe(`/rpc/${fn('said')}`)
    expect(JSON.parse(String(await said('request.headers')))).toMatchObject({
      'content-type': 'application/json',
    })
    expect(JSON.parse(String(await said('request.jwt.claims')))).toMatchObject({ role: 'service_role' })
    const answer = await fetch(`${target.api}/rest/v1/rpc/${fn('answer')}`, {
      method: 'POST',
      headers: { apikey: target.secretKey },
    })
    expect([answer.status, answer.headers.get('x-tea'), await answer.json()]).toEqual([418, 'pot', 'tea'])
  })

  it('says which function there is not, and which may have been meant', async () => {
    const { error, status } = await admin.rpc(fn('add'), { a: 1, c: 2 })
    expect([status, error]).toMatchObject([
      404,
      {
        code: 'PGRST202',
        message: `Could not find the function public.${fn('add')}(a, c) in the schema cache`,
        details: `Searched for the function public.${fn('add')} with parameters a, c or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache.`,
        hint: `Perhaps you meant to call the function public.${fn('add')}(a, b)`,
      },
    ])
    expect((await newer.rpc(fn('books'), {}).maxAffected(1)).error?.code).toBe('PGRST124')
    expect((await newer.rpc(fn('add'), { a: 1 }).maxAffected(1)).error?.code).toBe('PGRST128')
  })
})
