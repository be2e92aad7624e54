import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Ground, startGround } from '../testing/ground.ts'
import { rowsOf } from './companies.ts'
import { callerOf, secret, type Town, town } from './eve-world.ts'
import { type Caller, isAnswered, isRefused, type Request, send } from './wire.ts'

/* Eve is hostile: what she reaches past the SDK, with the keys and the session that a page has. */

let stack: Ground
let people: Town
let callers: { visitor: Caller; eve: Caller }
beforeAll(async () => {
  stack = await startGround()
  people = await town(stack)
  callers = { visitor: callerOf(stack), eve: callerOf(stack, people.eve.token) }
})
afterAll(() => stack?.stop())

const sql = (text: string, values?: unknown[]) => rowsOf(stack, text, values)
const names = async (text: string, values?: unknown[]) =>
  (await sql(text, values)).map(({ name }) => z.string().parse(name))

const call = (caller: Caller, request: Request) => send(stack, caller, request)

const tables = () =>
  names(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by 1`,
  )

/** All rows of all tables a browser can name, but those of Eve and her company. */
const world = async () => {
  const found: Record<string, unknown> = {}
  const hers = `${people.eve.id}|${people.eve.me.organization.id}`
  for (const table of await tables()) {
    found[table] = await sql(
      `select to_jsonb(t) as row from public.${table} as t where to_jsonb(t)::text !~ $1 order by t::text`,
      [hers],
    )
  }
  return found
}

/** What the catalogue grants whoever is signed in. */
const granted = async (table: string, right: 'insert' | 'update' | 'delete') =>
  right === 'delete'
    ? names(`select 'row' as name where has_table_privilege('authenticated', 'public.${table}', 'delete')`)
    : names(
        `select attname as name from pg_attribute where attrelid = 'public.${table}'::regclass and attnum > 0
           and not attisdropped and has_column_privilege('authenticated', attrelid, attnum, $1)`,
        [right],
      )

describe('tables', () => {
  test('nobody writes a row that is not theirs, whatever the request asks for', async () => {
    const before = await world()
    for (const table of await tables()) {
      const rows = (await sql(`select to_jsonb(t) as row from public.${table} as t limit 3`)).map(
        ({ row }) => row,
      )
      const columns = await names(
        `select attname as name from pg_attribute where attrelid = 'public.${table}'::regclass and attnum > 0 and not attisdropped`,
      )
      const key = columns.includes('id')
        ? 'id'
        : (columns.find((name) => name.endsWith('_id')) ?? columns[0] ?? '')
      const some = rows.length > 0 ? rows : [Object.fromEntries(columns.map((name) => [name, null]))]
      const fresh = some.map((row) => ({ ...row, [key]: crypto.randomUUID() }))
      const path = `/rest/v1/${table}`
      const inserts: Request[] = [
        ...[some, some[0], fresh, {}].map((body) => ({ path, body })),
        ...['merge-duplicates', 'ignore-duplicates'].flatMap((resolution) =>
          ['', ',missing=default,return=representation,tx=commit'].map((more) => ({
            path,
            body: some,
            headers: { prefer: `resolution=${resolution}${more}` },
          })),
        ),
        {
          path: `${path}?on_conflict=${key}&columns=${key}`,
          body: fresh,
          headers: { prefer: 'missing=default' },
        },
        { method: 'PUT', path: `${path}?${key}=eq.${some[0][key]}`, body: some[0] },
      ]
      const deletes: Request[] = ['', `?${key}=not.is.null`].map((query) => ({
        method: 'DELETE',
        path: path + query,
      }))
      const changes: Request[] = [
        { method: 'PATCH', path: `${path}?${key}=not.is.null`, body: some[0] },
        ...columns.map((column) => ({
          method: 'PATCH',
          path: `${path}?${key}=not.is.null`,
          body: { [column]: some.at(-1)[column] },
        })),
      ]
      const rights = {
        insert: await granted(table, 'insert'),
        update: await granted(table, 'update'),
        delete: await granted(table, 'delete'),
      }
      const mayNot = (who: string, right: keyof typeof rights, { body }: Request) =>
        who === 'visitor' ||
        Object.keys(Array.isArray(body) ? body[0] : (body ?? { row: 1 })).some(
          (name) => !rights[right].includes(name),
        )
      for (const [who, caller] of Object.entries(callers)) {
        for (const [right, requests] of [
          ['insert', inserts],
          ['delete', deletes],
          ['update', changes],
        ] as const) {
          for (const request of requests) {
            const { status, text } = await call(caller, request)
            const expected = mayNot(who, right, request) || request.method === 'PUT' ? isRefused : isAnswered
            expect([who, request, status, text], text).toEqual([
              who,
              request,
              expect.toSatisfy(expected),
              text,
            ])
          }
        }
      }
    }
    expect(await world()).toEqual(before)
  })

  test('a row of one’s own cannot be given to another company, nor take what is another’s', async () => {
    const { eve, ada } = people
    for (const table of await tables()) {
      for (const column of await granted(table, 'update')) {
        for (const value of [
          ada.id,
          ada.me.organization.id,
          'admin',
          'active',
          true,
          { path: 'x', thumbhash: 'x' },
        ]) {
          const { status, text } = await call(callers.eve, {
            method: 'PATCH',
            path: `/rest/v1/${table}?or=(${await ownKey(table)}.eq.${eve.id})`,
            body: { [column]: value },
          })
          expect([table, column, status, text]).toEqual([table, column, expect.toSatisfy(isAnswered), text])
        }
      }
    }
    const [self] = await sql(
      `select status, organization_id = $2 as in_hers, role, (select count(*)::int from public.platform_roles where user_id = $1) as roles
       from public.profiles join public.memberships on user_id = id where id = $1`,
      [eve.id, eve.me.organization.id],
    )
    expect(self).toEqual({ status: 'active', in_hers: true, role: 'admin', roles: 0 })
  })

  /** The column of a table that says whose row it is. */
  const ownKey = async (table: string) =>
    (
      await names(
        `select attname as name from pg_constraint join pg_attribute on attrelid = conrelid and attnum = any (conkey)
         where contype = 'f' and conrelid = 'public.${table}'::regclass
           and confrelid in ('auth.users'::regclass, 'public.profiles'::regclass) order by attnum`,
      )
    )[0] ?? 'id'

  test('a visitor reads none of them but what one may know before signing up', async () => {
    for (const table of await tables()) {
      const open = await names(
        `select 'row' as name where has_table_privilege('anon', 'public.${table}', 'select')`,
      )
      const { status, text } = await call(callers.visitor, { method: 'GET', path: `/rest/v1/${table}` })
      if (open.length > 0) expect([table, status]).toEqual(['legal_documents', 200])
      else expect([table, status, text]).toEqual([table, 401, expect.stringContaining('permission denied')])
    }
  })

  test('who may not act any more, or is of another company, reads nothing that is Ada’s alone', async () => {
    const told: string[] = []
    for (const name of ['eve', 'rae', 'dan', 'sue', 'mo', 'pat'] as const) {
      const caller = callerOf(stack, people[name].token)
      for (const table of await tables()) {
        for (const path of [
          `${table}?select=*`,
          `${table}?select=*&or=(${await ownKey(table)}.eq.${people.ada.id})`,
        ]) {
          const { status, text } = await call(caller, { method: 'GET', path: `/rest/v1/${path}` })
          expect([path, status], text).toEqual([path, expect.toSatisfy(isAnswered)])
          if (text.includes(secret)) told.push(`${name} ${path}`)
        }
      }
    }
    expect(told).toEqual([])
    // Abe, who may, does: the walk can find it.
    const own = await call(callerOf(stack, people.abe.token), { method: 'GET', path: '/rest/v1/topics' })
    expect(own.text).toContain(secret)
  })

  test('no other schema is in reach, by header or by name', async () => {
    const others = await names(
      `select nspname as name from pg_namespace where nspname not in ('public', 'graphql_public')`,
    )
    expect(others).toEqual(expect.arrayContaining(['private', 'pgboss', 'auth', 'storage', 'realtime']))
    for (const schema of [...others, 'public,private', '"private"', 'PRIVATE', ' private']) {
      for (const caller of Object.values(callers)) {
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
        const { status, text } = await call(callers.eve, { method: 'GET', path })
        expect([hidden, status, text]).toEqual([hidden, expect.toSatisfy(isRefused), text])
      }
    }
  })
})
