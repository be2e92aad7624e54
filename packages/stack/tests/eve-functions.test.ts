import { readFile } from 'node:fs/promises'
import { parse } from 'smol-toml'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { startTestStack, type TestStack } from '../testing/stack.ts'
import { rowsOf } from './companies.ts'
import { callerOf, secret, type Town, town } from './eve-world.ts'
import { type Caller, listed, type Request, send } from './wire.ts'

/* Eve is hostile: what she sends to the edge functions, to every one that config.toml names, and in headers. */

const Functions = z.object({ functions: z.record(z.string(), z.unknown()) })
const config = await readFile(new URL('../../../supabase/config.toml', import.meta.url), 'utf8')
const functions = Object.keys(Functions.parse(parse(config)).functions)

let stack: TestStack
let people: Town
let callers: Record<string, Caller>
beforeAll(async () => {
  stack = await startTestStack({ signupMaxPerNetwork: 1_000 })
  people = await town(stack)
  callers = {
    nobody: {},
    visitor: callerOf(stack),
    eve: callerOf(stack, people.eve.token),
    removed: callerOf(stack, people.rae.token),
    deactivated: callerOf(stack, people.dan.token),
  }
})
afterAll(() => stack?.stop())

const sql = (text: string, values?: unknown[]) => rowsOf(stack, text, values)

/** Rows of Ada and her company, in all tables of ours and of Auth. */
async function hers() {
  const ids = `${people.ada.id}|${people.ada.me.organization.id}`
  const tables = await sql(`
    select format('%s.%I', relnamespace::regnamespace, relname) as name from pg_class where relkind in ('r', 'p')
      and (relnamespace in ('public'::regnamespace, 'private'::regnamespace) or oid = 'auth.users'::regclass)
      and relname not in ('audit_events', 'audit_origins', 'rate_limits') order by 1`)
  const found = []
  for (const { name } of tables) {
    found.push(
      await sql(
        `select '${name}' as name, to_jsonb(t) - array['last_sign_in_at', 'updated_at'] as row from ${name} as t
         where to_jsonb(t)::text ~ $1 order by t::text`,
        [ids],
      ),
    )
  }
  return found.flat()
}

const bodies = (): unknown[] => [
  undefined,
  '',
  'null',
  '[]',
  '"x"',
  '{',
  '{}',
  '{"__proto__": {"isAdmin": true}}',
  `{"a":${'['.repeat(1_500)}${']'.repeat(1_500)}}`,
  ...[
    null,
    '',
    'x'.repeat(3_000),
    '\u0000',
    '\u202Eevil',
    [],
    {},
    1e308,
    true,
    people.ada.email,
    people.ada.id,
  ].map((value) => Object.fromEntries(words.map((word) => [word, value]))),
]

/** The fields that any of them takes, and those that one might wish they took. */
const words =
  listed(`email password token kind remember first_name last_name first_name_ar last_name_ar locale
  organization_name organization organization_id message role status invitation user_id id consents documents data`)

describe('every edge function', () => {
  for (const name of functions) {
    test(`${name} answers Eve as her own fault, tells nothing of Ada and changes nothing of hers`, async () => {
      const before = await hers()
      const faults: unknown[] = []
      for (const [who, caller] of Object.entries(callers)) {
        for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
          for (const body of method === 'POST' ? bodies() : [undefined]) {
            const request: Request = { method, path: `/functions/v1/${name}`, body }
            const { status, text } = await send(stack, caller, request)
            // Without a worker there is no sign of life: that is what health is for.
            const isFault = status >= 500 && !(name === 'health' && status === 503)
            if (isFault || text.includes(secret)) faults.push([who, method, body, status, text.slice(0, 200)])
          }
        }
      }
      expect(faults).toEqual([])
      expect(await hers()).toEqual(before)
    })
  }

  test('looks at no path behind its name, and at no name that is none', async () => {
    for (const name of [
      ...functions.map((one) => `${one}/../../_shared/env.ts`),
      '_shared',
      '..',
      'deno.json',
      '%2e%2e',
    ]) {
      const { status } = await send(stack, callers.visitor ?? {}, { path: `/functions/v1/${name}`, body: {} })
      expect([name, status]).toEqual([name, expect.toSatisfy((code: number) => code >= 400 && code < 500)])
    }
  })
})

describe('headers', () => {
  const tricks: Record<string, string>[] = [
    { 'x-http-method-override': 'DELETE' },
    { 'x-http-method': 'PATCH', 'x-method-override': 'PATCH' },
    { role: 'service_role', 'x-role': 'service_role', 'x-supabase-role': 'service_role' },
    {
      'x-user-id': 'ADA',
      'x-sub': 'ADA',
      'x-jwt-sub': 'ADA',
      'x-forwarded-user': 'ADA',
      'remote-user': 'ADA',
    },
    { 'request.jwt.claims': '{"role":"service_role"}', 'x-request-jwt-claims': '{"role":"service_role"}' },
    {
      'x-forwarded-host': 'localhost',
      'x-real-ip': '127.0.0.1',
      'x-original-url': '/pg/query',
      'x-rewrite-url': '/pg/query',
    },
    { prefer: 'tx=commit, params=single-object, handling=lenient, timezone=Etc/UTC, max-affected=1' },
    { 'x-client-info': 'supabase-admin', 'x-supabase-api-version': '1900-01-01' },
    { 'sb-forwarded-for': '10.1.1.1', 'x-forwarded-for': '10.1.1.1' },
    { cookie: 'sb-access-token=x; role=service_role' },
  ]

  test('make nobody another, and no request another', async () => {
    const before = await hers()
    const requests: Request[] = [
      { path: '/rest/v1/profiles', body: { job_title: 'Changed by a header' } },
      { method: 'GET', path: `/rest/v1/profiles?id=eq.${people.ada.id}`, body: undefined },
      { method: 'PATCH', path: `/rest/v1/profiles?id=eq.${people.ada.id}`, body: { job_title: 'Changed' } },
      { method: 'GET', path: '/rest/v1/topics?select=title' },
      { path: '/rest/v1/rpc/me', body: {} },
      { path: '/rest/v1/rpc/platform_health', body: {} },
      { method: 'GET', path: '/auth/v1/admin/users' },
      { path: '/pg/query', body: { query: 'select 1' } },
    ]
    for (const trick of tricks) {
      const headers = Object.fromEntries(
        Object.entries(trick).map(([name, value]) => [name, value.replace('ADA', people.ada.id)]),
      )
      for (const who of ['visitor', 'eve'] as const) {
        for (const request of requests) {
          const caller = callers[who] ?? {}
          const [plain, tricked] = [
            await send(stack, caller, request),
            await send(stack, caller, { ...request, headers }),
          ]
          expect([request, trick, tricked.status]).toEqual([request, trick, plain.status])
          expect(tricked.text).toBe(plain.text)
          expect(tricked.text).not.toContain(secret)
        }
      }
    }
    expect(await hers()).toEqual(before)
  })

  test('with a key in the place of a token, or two of them, open nothing more', async () => {
    const { publishable, anon } = stack.keys
    for (const headers of [
      { apikey: publishable, authorization: `Bearer ${publishable}` },
      { apikey: publishable, authorization: `Bearer ${anon}` },
      { apikey: anon },
      { apikey: `${publishable},${anon}` },
      { apikey: '' },
    ]) {
      for (const path of ['/rest/v1/profiles', '/rest/v1/topics', '/auth/v1/admin/users']) {
        const { status } = await send(stack, headers, { method: 'GET', path })
        expect([headers, path, status]).toEqual([
          headers,
          path,
          expect.toSatisfy((code: number) => code >= 400 && code < 500),
        ])
      }
    }
  })
})
