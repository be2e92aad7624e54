import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Library, library, seen } from './data-world.ts'
import { admin, person, sql, target, visitor } from './world.ts'

let lib: Library
beforeAll(async () => {
  lib = await library()
  await sql(`
    create function public.${lib.prefix}_refuse(state text, said text, more text) returns void language plpgsql as $$
      begin raise exception using errcode = state, message = said, detail = more, hint = 'Another one.'; end $$;
    create function public.${lib.prefix}_wait(seconds float) returns void language sql as 'select pg_sleep(seconds)';
    grant execute on function public.${lib.prefix}_refuse, public.${lib.prefix}_wait to anon, authenticated, service_role;
    create table public.${lib.prefix}_last (id int); grant select on public.${lib.prefix}_last to service_role;
  `)
  await seen(`${lib.prefix}_last`)
})
afterAll(async () => {
  await sql(
    `drop function public.${lib.prefix}_refuse, public.${lib.prefix}_wait; drop table public.${lib.prefix}_last`,
  )
  await lib.drop()
})

const refuse = (state: string, said = 'No.', more = 'domain_taken') =>
  fetch(`${target.api}/rest/v1/rpc/${lib.prefix}_refuse`, {
    method: 'POST',
    headers: { apikey: target.publishableKey, 'content-type': 'application/json' },
    body: JSON.stringify({ state, said, more }),
  })

describe('rest.rpc', () => {
  it('hands on a refusal of the database with its words, and the status that goes with its code', async () => {
    const statuses: Record<string, number> = {
      P0001: 400,
      PT402: 402,
      23503: 409,
      23514: 400,
      25006: 405,
      28000: 403,
      40001: 500,
      '42P01': 404,
      42883: 404,
      53300: 503,
      57014: 500,
      P0002: 500,
      XX000: 500,
    }
    for (const [code, status] of Object.entries(statuses)) {
      const answer = await refuse(code)
      const words = { code, message: 'No.', details: 'domain_taken', hint: 'Another one.' }
      expect([code, answer.status, await answer.json()]).toEqual([code, status, words])
      expect(answer.headers.get('proxy-status')).toBe(`PostgREST; error=${code}`)
    }
  })

  it('lets SQL say the whole answer', async () => {
    const words = JSON.stringify({ code: '123', message: 'Payment', details: 'd', hint: 'h' })
    const answer = await refuse('PGRST', words, JSON.stringify({ status: 402, headers: { 'x-due': '9' } }))
    expect([answer.status, answer.headers.get('x-due'), await answer.json()]).toEqual([
      402,
      '9',
      JSON.parse(words),
    ])
    expect(await (await refuse('PGRST', 'no json')).json()).toMatchObject({ code: 'PGRST121' })
  })

  it('ends what takes too long for who is asking', async () => {
    const { error, status } = await visitor().rpc(`${lib.prefix}_wait`, { seconds: 20 })
    expect([status, error?.code]).toEqual([500, '57014'])
  })
})

describe('rest.from', () => {
  it('says that there is no such table, and which may have been meant', async () => {
    const { error, status } = await admin.from(`${lib.books}x`).select()
    expect([status, error]).toMatchObject([
      404,
      {
        code: 'PGRST205',
        message: `Could not find the table 'public.${lib.books}x' in the schema cache`,
        hint: `Perhaps you meant the table 'public.${lib.books}'`,
        details: null,
      },
    ])
  })
  it('tells a stranger to say who he is, and somebody known that he may not', async () => {
    expect((await visitor().from(lib.books).select()).status).toBe(401)
    const ada = await person('Ada')
    const { error, status } = await ada.client.from(lib.books).delete().eq('id', 1)
    expect([status, error?.code]).toEqual([403, '42501'])
  })
  it('refuses methods, addresses, bodies and forms of answer that there are not', async () => {
    const ask = (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
      fetch(`${target.api}/rest/v1${path}`, {
        method,
        headers: { apikey: target.secretKey, ...headers },
        ...(body !== undefined && { body }),
      })
    const json = { 'content-type': 'application/json' }
    const refusals: [Promise<Response>, number, string][] = [
      [ask('GET', '/a/b/c'), 404, 'PGRST125'],
      [ask('PATCH', `/rpc/${lib.prefix}_wait`), 405, 'PGRST101'],
      [ask('POST', `/${lib.books}`, json, '{"title":'), 400, 'PGRST102'],
      [ask('POST', `/${lib.books}`, json, ''), 400, 'PGRST102'],
      [ask('POST', `/${lib.books}`, json, '[{"title":"a"},{"pages":1}]'), 400, 'PGRST102'],
      [ask('POST', `/${lib.books}`, { 'content-type': 'image/png' }, 'x'), 400, 'PGRST102'],
      [ask('GET', `/${lib.books}`, { accept: 'image/png' }), 406, 'PGRST107'],
      [ask('GET', `/${lib.books}`, { 'accept-profile': 'private' }), 406, 'PGRST106'],
    ]
    for (const [answer, status, code] of refusals) {
      const { status: found, ...rest } = await answer.then(async (each) => ({
        status: each.status,
        body: await each.json(),
      }))
      expect([found, rest.body]).toMatchObject([status, { code }])
    }
  })
})

describe('rest.schema', () => {
  it('asks another schema that is exposed, and no other', async () => {
    const { error } = await admin.schema('private').from('things').select()
    expect(error).toMatchObject({ code: 'PGRST106', message: 'Invalid schema: private' })
    const other = await admin.schema('graphql_public').from('things').select()
    expect(other.error?.message).toBe(`Could not find the table 'graphql_public.things' in the schema cache`)
  })
})
