import { openTopic } from '@p2p/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Ground, startGround } from '../testing/ground.ts'
import { document, founder, member, type Person, rowsOf } from './companies.ts'
import { type Caller, callers, isRefused, type Request, send } from './wire.ts'

/* Eve is hostile: what she reaches past the SDK, with the keys and the session that a page has. */

let stack: Ground
let ada: Person
let eve: Person
beforeAll(async () => {
  stack = await startGround()
  ada = await member(stack, founder('Ada'))
  eve = await member(stack, founder('Eve'))
  for (const { supabase } of [ada, eve]) {
    const topic = { category: 'energy', title: 'Our furnace', body: document('Hot.') }
    for (const visibility of ['community', 'organization'] as const)
      await openTopic(supabase, { ...topic, visibility })
  }
  await sql(`insert into public.platform_roles (user_id, role) values ($1, 'moderator')`, [ada.id])
})
afterAll(() => stack?.stop())

const sql = (text: string, values?: unknown[]) => rowsOf(stack, text, values)
const names = async (text: string) => (await sql(text)).map(({ name }) => z.string().parse(name))

const call = (caller: Caller, request: Request) => send(stack, caller, request)

const tables = () =>
  names(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')`,
  )

/** All rows of all tables a browser can name, and Eve's own profile without what she may write of it. */
const world = async () => {
  const found: Record<string, unknown> = {}
  for (const table of await tables()) {
    const rows = `select to_jsonb(t) as row from public.${table} as t order by t::text`
    found[table] = (await sql(rows)).filter(({ row }) => table !== 'profiles' || row.id !== eve.id)
  }
  const self = 'select id, status, created_at from public.profiles where id = $1'
  return { found, self: await sql(self, [eve.id]) }
}

describe('tables', () => {
  test('nobody writes a row, whatever the request asks for, but names and title of one’s own', async () => {
    const before = await world()
    for (const table of await tables()) {
      const rows = (await sql(`select to_jsonb(t) as row from public.${table} as t limit 3`)).map(
        ({ row }) => row,
      )
      const key = Object.keys(rows[0]).includes('id') ? 'id' : 'user_id'
      const fresh = rows.map((row) => ({ ...row, [key]: crypto.randomUUID() }))
      const path = `/rest/v1/${table}`
      const writes: Request[] = [
        ...[rows, rows[0], fresh, {}].map((body) => ({ path, body })),
        ...['merge-duplicates', 'ignore-duplicates'].flatMap((resolution) =>
          ['', ',missing=default,return=representation,tx=commit'].map((more) => ({
            path,
            body: rows,
            headers: { prefer: `resolution=${resolution}${more}` },
          })),
        ),
        {
          path: `${path}?on_conflict=${key}&columns=${key}`,
          body: fresh,
          headers: { prefer: 'missing=default' },
        },
        { method: 'PUT', path: `${path}?${key}=eq.${rows[0][key]}`, body: rows[0] },
        { method: 'DELETE', path },
        { method: 'DELETE', path: `${path}?${key}=not.is.null` },
        { method: 'PATCH', path: `${path}?${key}=not.is.null`, body: rows[0] },
      ]
      for (const [who, caller] of Object.entries(callers(stack, eve))) {
        for (const write of writes) {
          const { status, text } = await call(caller, write)
          expect([who, write, status, text], text).toEqual([who, write, expect.toSatisfy(isRefused), text])
        }
        for (const [column, value] of Object.entries(rows.at(-1))) {
          // For her own row of `profiles` the grant decides; all others stay as they are.
          const patch = { method: 'PATCH', path: `${path}?${key}=not.is.null`, body: { [column]: value } }
          const { status } = await call(caller, patch)
          const isHers = who === 'eve' && table === 'profiles' && writable.includes(column)
          expect([who, table, column, status]).toEqual([
            who,
            table,
            column,
            expect.toSatisfy(isHers ? Boolean : isRefused),
          ])
        }
      }
    }
    expect(await world()).toEqual(before)
  })
  const writable = ['first_name', 'last_name', 'job_title', 'locale']

  test('a visitor reads none of them', async () => {
    for (const table of await tables()) {
      const { status, text } = await call(callers(stack, eve).visitor, {
        method: 'GET',
        path: `/rest/v1/${table}`,
      })
      expect([table, status, text]).toEqual([table, 401, expect.stringContaining('permission denied')])
    }
  })

  test('no other schema is in reach, by header or by name', async () => {
    const others = await names(
      `select nspname as name from pg_namespace where nspname not in ('public', 'graphql_public')`,
    )
    expect(others).toEqual(expect.arrayContaining(['private', 'pgboss', 'auth', 'storage', 'realtime']))
    for (const schema of [...others, 'public,private', '"private"', 'PRIVATE', ' private']) {
      for (const caller of Object.values(callers(stack, eve))) {
        const read = { method: 'GET', path: '/rest/v1/users', headers: { 'accept-profile': schema } }
        const write = { path: '/rest/v1/users', headers: { 'content-profile': schema }, body: {} }
        const run = { path: '/rest/v1/rpc/enqueue', headers: { 'content-profile': schema }, body: {} }
        for (const request of [read, write, run])
          expect((await call(caller, request)).status, schema).toBe(406)
        const path = `/rest/v1/${encodeURIComponent(schema)}.users`
        expect((await call(caller, { method: 'GET', path })).status).toBe(404)
      }
    }
  })

  test('nothing private hangs on what can be read', async () => {
    for (const hidden of [
      'users',
      'sent_mails',
      'deleted_posts',
      'identities',
      'sessions',
      'job',
      'post_cards',
    ]) {
      for (const table of ['profiles', 'posts', 'topics', 'organizations']) {
        const path = `/rest/v1/${table}?select=*,${hidden}(*)`
        const { status, text } = await call(callers(stack, eve).eve, { method: 'GET', path })
        expect([hidden, status, text]).toEqual([hidden, expect.toSatisfy(isRefused), text])
      }
    }
  })
})

describe('files', () => {
  test('no bucket takes, shows or gives anything yet, and none is made, changed or emptied', async () => {
    const state = () =>
      sql(
        'select id, public, allowed_mime_types, (select count(*) from storage.objects) from storage.buckets',
      )
    const before = await state()
    expect(before.length).toBeGreaterThanOrEqual(6)
    for (const { id, allowed_mime_types } of before) {
      const kind = { 'content-type': allowed_mime_types?.[0] ?? 'text/plain' }
      const file = `/storage/v1/object/${id}/eve.bin`
      const attempts: Request[] = [
        ...['POST', 'PUT'].flatMap((method) =>
          [{}, { 'x-upsert': 'true' }].map((more) => ({
            method,
            path: file,
            headers: { ...kind, ...more },
            body: 'x',
          })),
        ),
        { path: `/storage/v1/object/upload/sign/${id}/eve.bin`, body: {} },
        { path: `/storage/v1/object/sign/${id}/eve.bin`, body: { expiresIn: 60 } },
        ...['copy', 'move'].map((act) => ({
          path: `/storage/v1/object/${act}`,
          body: { bucketId: id, sourceKey: 'a', destinationKey: 'b' },
        })),
        ...['GET', 'DELETE'].map((method) => ({ method, path: file })),
        { path: '/storage/v1/bucket', body: { id: `eve-${id}`, name: `eve-${id}`, public: true } },
        { method: 'PUT', path: `/storage/v1/bucket/${id}`, body: { public: true } },
        { path: `/storage/v1/bucket/${id}/empty`, body: {} },
        { method: 'DELETE', path: `/storage/v1/bucket/${id}` },
      ]
      for (const [who, caller] of Object.entries(callers(stack, eve))) {
        for (const attempt of attempts) {
          const { status, text } = await call(caller, attempt)
          expect([who, attempt, status, text]).toEqual([who, attempt, expect.toSatisfy(isRefused), text])
        }
        const list = { path: `/storage/v1/object/list/${id}`, body: { prefix: '' } }
        expect(await call(caller, list)).toEqual({ status: 200, text: '[]' })
      }
    }
    expect(await state()).toEqual(before)
  })
})
