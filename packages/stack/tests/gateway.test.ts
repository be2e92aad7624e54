import { randomUUID } from 'node:crypto'
import { type IncomingMessage, request } from 'node:http'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withClient } from '../src/sql.ts'
import { startTestStack, type TestStack } from '../testing/stack.ts'
import { member, type Person } from './people.ts'

let stack: TestStack
let ada: Person
let bob: Person
beforeAll(async () => {
  stack = await startTestStack({ studio: true })
  await withClient(stack.urls.database, (client) =>
    client.query(`
      create function public.who() returns jsonb language sql stable as $$ select jsonb_build_object('role', current_user) $$;
      grant execute on function public.who to anon, authenticated, service_role;
    `),
  )
  ;[ada, bob] = [await member(stack, 'ada'), await member(stack, 'bob')]
})
afterAll(() => stack?.stop())

const call = (path: string, headers: Record<string, string> = {}, init: RequestInit = {}) =>
  fetch(stack.urls.api + path, { redirect: 'manual', ...init, headers })

const token = (claims: Record<string, unknown>, secret = stack.keys.jwtSecret, ends = '1h') =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(randomUUID())
    .setExpirationTime(ends)
    .sign(new TextEncoder().encode(secret))

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
    await expect.poll(async () => (await withKey(stack.keys.secret)).status, { timeout: 20_000 }).toBe(200)
    expect(await (await withKey(stack.keys.secret)).json()).toEqual([{ one: 1 }])
  })

  test('nor is its port a way around that', async () => {
    const ask = (headers: Record<string, string>, method = 'POST') =>
      new Promise<IncomingMessage>((answered, failed) => {
        const { meta: port } = stack.config.ports
        request({ host: '127.0.0.1', port, path: '/query', method, headers }, answered)
          .on('error', failed)
          .end(method === 'POST' ? '{"query":"select 1"}' : undefined)
      })
    const json = { 'content-type': 'application/json' }
    const key = { apikey: stack.keys.secret }
    const page = { origin: 'https://evil.example' }
    await expect
      .poll(() => ask(json).then(({ statusCode }) => statusCode, String), { timeout: 20_000 })
      .toBe(401)
    expect((await ask({ ...json, ...key, ...page })).statusCode).toBe(401)
    // A page whose own name was made to lead here.
    expect((await ask({ ...json, ...key, host: 'evil.example' })).statusCode).toBe(401)
    const preflight = await ask({ ...page, 'access-control-request-method': 'POST' }, 'OPTIONS')
    expect(preflight.headers['access-control-allow-origin']).toBeUndefined()
    expect((await ask({ ...json, ...key })).statusCode).toBe(200)
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
    expect(answer.status).toBe(200)
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
