import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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
    create function public.refuse() returns void language plpgsql as $$
      begin raise exception using errcode = 'PT409', detail = 'domain_taken', message = 'No.'; end $$;
    grant execute on function public.who, public.refuse to anon, authenticated, service_role;
  `)
  ;[ada, bob] = [await member(stack, 'ada'), await member(stack, 'bob')]
})
afterAll(() => stack?.stop())

async function sql(text: string) {
  return (await withClient(stack.urls.database, (client) => client.query(text))).rows
}

const call = (path: string, headers: Record<string, string> = {}, init: RequestInit = {}) =>
  fetch(stack.urls.api + path, { redirect: 'manual', ...init, headers })

const token = (claims: Record<string, unknown>, secret = stack.keys.jwtSecret, ends = '1h') =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(randomUUID())
    .setExpirationTime(ends)
    .sign(new TextEncoder().encode(secret))

describe('the Data API', () => {
  test('follows the migrations: a table made a moment ago is there, and rows are seen by their owner alone', async () => {
    await expect.poll(async () => (await ada.client.from('notes').insert({ text: 'mine' })).error).toBeNull()
    expect((await ada.client.from('notes').select('text')).data).toEqual([{ text: 'mine' }])
    expect((await bob.client.from('notes').select('text')).data).toEqual([])
    expect((await clientOf(stack, stack.keys.publishable).from('notes').select()).status).toBe(401)
  })

  test('answers a refusal of the database with its status, code and sentence', async () => {
    const { status, error } = await ada.client.rpc('refuse')
    expect(status).toBe(409)
    expect(error).toMatchObject({ code: 'PT409', details: 'domain_taken', message: 'No.' })
  })

  test('hands the request on to the database', async () => {
    const answer = await call('/rest/v1/rpc/who', {
      apikey: stack.keys.publishable,
      'x-request-id': 'abcdefgh-1',
    })
    expect(await answer.json()).toEqual({ role: 'anon', request: 'abcdefgh-1' })
    expect(answer.headers.get('x-request-id')).toBe('abcdefgh-1')
  })

  test('never writes for who only reads', async () => {
    await sql(`create function public.sneak() returns void language sql as 'insert into public.notes (owner) values (gen_random_uuid())';
      grant execute on function public.sneak to anon`)
    await expect
      .poll(async () => (await call('/rest/v1/rpc/sneak', { apikey: stack.keys.publishable })).status)
      .toBe(405)
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

describe('keys and tokens', () => {
  const roleWith = async (headers: Record<string, string>) => {
    const answer = await call('/rest/v1/rpc/who', headers)
    return answer.ok ? (await answer.json()).role : answer.status
  }
  const bearer = (value: string) => ({ authorization: `Bearer ${value}` })

  test('new keys and old ones, as apikey or alone as the bearer', async () => {
    const { publishable, secret, anon, serviceRole } = stack.keys
    for (const key of [publishable, anon]) {
      expect(await roleWith({ apikey: key })).toBe('anon')
      expect(await roleWith(bearer(key))).toBe('anon')
    }
    for (const key of [secret, serviceRole]) {
      expect(await roleWith({ apikey: key, ...bearer(key) })).toBe('service_role')
      expect(await roleWith(bearer(key))).toBe('service_role')
    }
    expect(await roleWith({ apikey: publishable, ...bearer(await token({ role: 'authenticated' })) })).toBe(
      'authenticated',
    )
  })

  test('whatever is not one is refused', async () => {
    const { publishable, secret } = stack.keys
    const key = { apikey: publishable }
    expect(await roleWith({})).toBe(401)
    expect(await roleWith({ apikey: 'sb_publishable_something' })).toBe(401)
    expect(await roleWith(bearer(await token({ role: 'authenticated' })))).toBe(401)
    expect(
      await roleWith({
        ...key,
        ...bearer(await token({ role: 'service_role' }, 'another secret, long enough to be taken')),
      }),
    ).toBe(401)
    expect(
      await roleWith({ ...key, ...bearer(await token({ role: 'authenticated' }, undefined, '-1m')) }),
    ).toBe(401)
    for (const role of ['postgres', 'supabase_admin', 'authenticator']) {
      expect(await roleWith({ ...key, ...bearer(await token({ role })) })).toBe(401)
    }
    const unsigned = `${btoa('{"alg":"none"}')}.${btoa('{"role":"service_role"}')}.`
    expect(await roleWith({ ...key, ...bearer(unsigned) })).toBe(401)
    expect(await roleWith({ apikey: secret, 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)' })).toBe(401)
  })

  test("the database's own API takes the secret key, and nothing from a page", async () => {
    const statement = { method: 'POST', body: JSON.stringify({ query: 'select 1 as one' }) }
    const json = { 'content-type': 'application/json' }
    const withKey = (apikey: string, more = {}) => call('/pg/query', { apikey, ...json, ...more }, statement)
    expect((await withKey(stack.keys.publishable)).status).toBe(401)
    expect((await withKey(stack.keys.secret, { origin: 'http://localhost:5173' })).status).toBe(401)
    expect((await call('/pg/query', json, statement)).status).toBe(401)
  })
})

describe('at the door', () => {
  test('a browser of any page may ask', async () => {
    const asked = {
      'access-control-request-method': 'PATCH',
      'access-control-request-headers': 'apikey,x-anything',
    }
    const answer = await call(
      '/rest/v1/notes',
      { origin: 'https://example.org', ...asked },
      { method: 'OPTIONS' },
    )
    expect(answer.status).toBe(204)
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(answer.headers.get('access-control-allow-methods')).toContain('PATCH')
    expect(answer.headers.get('access-control-allow-headers')).toBe('apikey,x-anything')
    const refused = await call('/rest/v1/notes', { origin: 'https://example.org' })
    expect(refused.headers.get('access-control-allow-origin')).toBe('*')
  })

  test('rubbish is refused as rubbish, never answered with 500', async () => {
    const key = { apikey: stack.keys.publishable }
    const paths = [
      '/',
      '/graphql/v1',
      '/rest/v1/%E0%A4%A',
      '/rest/v1/notes?select=%00',
      '/rest/v1/notes?select=((((',
      '/rest/v1/notes?or=(((',
      '/rest/v1/notes?order=..',
      '/rest/v1/rpc/',
      '/rest/v1/rpc/nothing',
      `/rest/v1/${'x'.repeat(5000)}`,
      '/auth/v1/nothing',
      '/auth/v1/user',
      '/auth/v1/admin/users',
      '/auth/v1/verify',
      '/auth/v1/authorize?provider=x',
      '/auth/v1/callback',
      '/storage/v1/object/../../etc/passwd',
      '/storage/v1/object/attachments/..%2f..%2fetc%2fpasswd',
      '/storage/v1/object/sign/attachments/x?token=y',
      '/storage/v1/bucket/%00',
      '/functions/v1/',
      '/functions/v1/nothing',
      '/functions/v1/..%2f',
      '/realtime/v1/nothing',
      '/pg/',
      '/../../etc/passwd',
    ]
    for (const path of paths) expect([path, (await call(path, key)).status < 500]).toEqual([path, true])

    const bodies = [
      '',
      '{',
      '[]',
      'null',
      '1',
      '"x"',
      '{"email":{}}',
      '{"email":"a@b.example","password":[]}',
      '{"email":"a\\u0000@b.example","password":"x\\u0000"}',
    ]
    const posts = [
      'signup',
      'token?grant_type=password',
      'token?grant_type=refresh_token',
      'token?grant_type=pkce',
      'token',
      'otp',
      'recover',
      'resend',
      'verify',
      'logout',
      'magiclink',
    ]
    for (const path of posts) {
      for (const body of bodies) {
        const { status } = await call(`/auth/v1/${path}`, key, { method: 'POST', body })
        expect([path, body, status < 500]).toEqual([path, body, true])
      }
    }
    for (const body of bodies) {
      const { status } = await call(
        '/rest/v1/rpc/who',
        { ...key, 'content-type': 'application/json' },
        { method: 'POST', body },
      )
      expect([body, status < 500]).toEqual([body, true])
    }
  })

  test('a body that does not say its length is read, and measured', async () => {
    const headers = { apikey: stack.keys.publishable, 'content-type': 'application/json' }
    const stream = (text: string) => new Blob([text]).stream()
    const post = (path: string, body: ReadableStream) =>
      call(path, headers, { method: 'POST', body, duplex: 'half' } as RequestInit)
    expect((await post('/rest/v1/rpc/who', stream('{}'))).status).toBe(200)
    expect((await post('/auth/v1/signup', stream('x'.repeat(2_000_000)))).status).toBe(413)
    expect((await ada.client.from('notes').delete().eq('text', 'none')).status).toBe(403)
  })

  test('a body beyond all measure is not read', async () => {
    const answer = await call(
      '/auth/v1/signup',
      { apikey: stack.keys.publishable },
      { method: 'POST', body: 'x'.repeat(2_000_000) },
    )
    expect(answer.status).toBe(413)
  })
})

describe('a channel', () => {
  test('carries what one says to the other', async () => {
    const name = `room:${randomUUID()}`
    const heard = new Promise((hear) => {
      bob.client
        .channel(name)
        .on('broadcast', { event: 'said' }, ({ payload }) => hear(payload))
        .subscribe()
    })
    const room = ada.client.channel(name)
    await new Promise<void>((joined) => room.subscribe((state) => state === 'SUBSCRIBED' && joined()))
    const speaking = setInterval(
      () => room.send({ type: 'broadcast', event: 'said', payload: { text: 'hello' } }),
      50,
    )
    expect(await heard).toEqual({ text: 'hello' })
    clearInterval(speaking)
    await Promise.all([ada, bob].map(({ client }) => client.removeAllChannels()))
  })
})
