import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { startTestStack, type TestStack } from '../testing/stack.ts'
import { document, founder, member, type Person, rowsOf } from './companies.ts'
import { type Caller, callers, isRefused, type Request, send } from './wire.ts'

/* Eve is hostile: what her keys open, and keys that she makes herself. */

let stack: TestStack
let eve: Person
let ada: Person
beforeAll(async () => {
  stack = await startTestStack({ studio: true })
  ada = await member(stack, founder('Ada'))
  eve = await member(stack, founder('Eve'))
})
afterAll(() => stack?.stop())

const sql = (text: string, values?: unknown[]) => rowsOf(stack, text, values)
const names = async (text: string) => (await sql(text)).map(({ name }) => z.string().parse(name))
const call = (caller: Caller, request: Request) => send(stack, caller, request)

describe('functions', () => {
  const executable = (role: string) => `has_function_privilege('${role}', oid, 'execute')`
  const functionsWhere = (condition: string) =>
    sql(`select proname as name, coalesce(proargnames[1:pronargs], '{}') as arguments from pg_proc
         where pronamespace = 'public'::regnamespace and ${condition}`)

  test('those for our services are closed to visitor and member, those for members to the visitor', async () => {
    const forServices = await functionsWhere(`not ${executable('authenticated')}`)
    const forMembers = await functionsWhere(executable('authenticated'))
    expect(forServices.map(({ name }) => name)).toContain('take_rate_limit')
    expect(forMembers.map(({ name }) => name)).toContain('reply')
    const run = (
      caller: Record<string, string>,
      { name, arguments: given }: { name: string; arguments?: string[] },
    ) => {
      const body = Object.fromEntries((given ?? []).map((argument) => [argument, null]))
      return call(caller, { path: `/rest/v1/rpc/${name}`, body })
    }
    const closed = expect.stringContaining('permission denied for function')
    for (const one of forServices)
      expect(await run(callers(stack, eve).eve, one)).toEqual({ status: 403, text: closed })
    for (const one of [...forServices, ...forMembers]) {
      const answer = await run(callers(stack, eve).visitor, one)
      expect([one.name, answer]).toEqual([one.name, { status: 401, text: closed }])
    }
  })

  test('those that are private are not there', async () => {
    const hidden = await names(`select distinct proname as name from pg_proc
      where pronamespace::regnamespace::text in ('private', 'pgboss', 'auth', 'realtime', 'storage', 'extensions')
        and proname not in (select proname from pg_proc where pronamespace = 'public'::regnamespace)`)
    expect(hidden).toEqual(
      expect.arrayContaining(['enqueue', 'refuse', 'before_user_created', 'send', 'crypt']),
    )
    for (const name of [...hidden, 'pg_sleep', 'set_config', 'pg_read_file', 'version']) {
      for (const path of [`/rest/v1/rpc/${name}`, `/rest/v1/rpc/private.${name}`]) {
        expect((await call(callers(stack, eve).eve, { path, body: {} })).status, path).toBe(404)
      }
    }
  })

  test('that write do not where a page only reads', async () => {
    const query = new URLSearchParams({
      category: 'energy',
      title: 'By a link',
      body: JSON.stringify(document('x')),
    })
    const path = `/rest/v1/rpc/open_topic?${query}`
    for (const method of ['GET', 'HEAD']) {
      const { status } = await call(callers(stack, eve).eve, { method, path })
      expect([method, status]).toEqual([method, expect.toSatisfy(isRefused)])
    }
    expect(await sql('select from public.topics')).toEqual([])
  })
})

describe('tokens', () => {
  const made = (claims: object, secret: string = stack.keys.jwtSecret, ends = '1h', alg = 'HS256') =>
    new SignJWT({ sub: ada.id, aud: 'authenticated', ...claims })
      .setProtectedHeader({ alg })
      .setExpirationTime(ends)
      .sign(new TextEncoder().encode(secret))
  const other = 'another secret that is long enough to be one'

  const forgeries = async () => {
    const [header, payload, signature] = eve.token.split('.')
    const claims = { ...JSON.parse(atob(payload ?? '')), role: 'service_role', sub: ada.id }
    const encoded = (value: object) => btoa(JSON.stringify(value)).replaceAll('=', '')
    return {
      'not signed': `${encoded({ alg: 'none', typ: 'JWT' })}.${encoded(claims)}.`,
      'not signed, in capitals': `${encoded({ alg: 'NONE' })}.${encoded(claims)}.`,
      'hers, with other claims': `${header}.${encoded(claims)}.${signature}`,
      'hers, without its signature': `${header}.${payload}.`,
      'of another secret': await made({ role: 'authenticated' }, other),
      'of service_role, of another secret': await made({ role: 'service_role' }, other),
      'of an empty secret': await made({ role: 'service_role' }, ' '.repeat(32)),
      'of the publishable key': await made({ role: 'service_role' }, stack.keys.publishable),
      'run out': await made({ role: 'authenticated' }, undefined, '-1m'),
      'by another algorithm': await made(
        { role: 'service_role' },
        stack.keys.jwtSecret.padEnd(64, '-'),
        '1h',
        'HS512',
      ),
      rubbish: 'rubbish',
      'three dots': '...',
      'very long': `${header}.${'x'.repeat(9_000)}.${signature}`,
    }
  }

  test('that she makes or bends herself open nothing', async () => {
    const doors: Request[] = [
      { path: '/rest/v1/rpc/me', body: {} },
      { method: 'GET', path: '/rest/v1/profiles' },
      { path: '/rest/v1/rpc/platform_health', body: {} },
      { method: 'GET', path: '/auth/v1/user' },
      { method: 'PUT', path: '/auth/v1/user', body: { password: 'a password of Eve’s' } },
      { method: 'GET', path: '/auth/v1/admin/users' },
      { path: '/storage/v1/object/attachments/eve.txt', body: 'x' },
      { path: '/realtime/v1/api/broadcast', body: { messages: [] } },
      { path: '/pg/query', body: { query: 'select 1' } },
    ]
    for (const [what, token] of Object.entries(await forgeries())) {
      for (const door of doors) {
        const caller = { apikey: stack.keys.publishable, authorization: `Bearer ${token}` }
        const { status, text } = await call(caller, door)
        expect([what, door.path, status, text]).toEqual([what, door.path, expect.toSatisfy(isRefused), text])
        const alone = await call({ apikey: token }, door)
        expect([what, door.path, isRefused(alone.status)]).toEqual([what, door.path, true])
      }
    }
  })

  test('of a person or a page do not open what is for the owner of the place', async () => {
    const statement = { path: '/pg/query', body: { query: 'select 1' } }
    const admin: Request[] = [
      { method: 'GET', path: '/auth/v1/admin/users' },
      { method: 'GET', path: `/auth/v1/admin/users/${ada.id}` },
      { path: '/auth/v1/admin/users', body: { email: 'x@eve.example', password: 'a long enough password' } },
      { method: 'PUT', path: `/auth/v1/admin/users/${eve.id}`, body: { role: 'service_role' } },
      { method: 'DELETE', path: `/auth/v1/admin/users/${ada.id}` },
      { path: '/auth/v1/admin/generate_link', body: { type: 'recovery', email: ada.email } },
      { path: '/auth/v1/invite', body: { email: 'x@eve.example' } },
    ]
    for (const caller of [{}, ...Object.values(callers(stack, eve)), { apikey: stack.keys.anon }]) {
      for (const request of [statement, ...admin]) {
        const { status } = await call(caller, request)
        expect([request.path, status]).toEqual([request.path, expect.toSatisfy(isRefused)])
      }
    }
    const owner = { apikey: stack.keys.secret }
    await expect.poll(async () => (await call(owner, statement)).status, { timeout: 30_000 }).toBe(200)
    expect((await call(owner, { method: 'GET', path: '/auth/v1/admin/users' })).status).toBe(200)
    const page = { ...owner, origin: 'https://evil.example', 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)' }
    expect((await call(page, statement)).status).toBe(401)
  })

  test('are not needed past the gateway: no other port lets a page at the database', async () => {
    const { api, meta, studio } = stack.config.ports
    for (const port of [meta, studio]) {
      const headers = { 'content-type': 'application/json', origin: 'https://evil.example' }
      const body = JSON.stringify({ query: 'select 1' })
      const asking = fetch(`http://127.0.0.1:${port}/query`, { method: 'POST', headers, body })
      expect([
        port - api,
        await asking.then(
          ({ ok }) => ok,
          () => false,
        ),
      ]).toEqual([port - api, false])
    }
  })
})
