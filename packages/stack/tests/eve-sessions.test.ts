import type { RealtimeChannel } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestStack, type TestStack } from '../testing/stack.ts'
import { founder, member, type Person, password, rowsOf, visitor } from './companies.ts'
import { callerOf, tokenLike } from './eve-world.ts'
import { type Request, send } from './wire.ts'

/*
 * A token lives for an hour, its session may not: what a token opens when its session was ended, is not the caller's, or
 * is none at all.
 */

let stack: TestStack
let ada: Person
beforeAll(async () => {
  stack = await startTestStack()
  ada = await member(stack, founder('Ada'))
})
afterAll(() => stack?.stop())

const sql = (text: string, values?: unknown[]) => rowsOf(stack, text, values)
const like = (claims: object) => tokenLike(ada, stack.keys.jwtSecret, claims)

/** Ada signs in on another device. */
async function elsewhere() {
  const supabase = visitor(stack)
  const { data, error } = await supabase.auth.signInWithPassword({ email: ada.email, password })
  if (error) throw error
  const { access_token: token, refresh_token: refresh } = data.session
  return { supabase, token, refresh, session: sessionIn(token) }
}
const sessionIn = (token: string): string =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).session_id

const stale: Record<string, () => Promise<string>> = {
  'whose session was ended by signing out': async () => {
    const { supabase, token } = await elsewhere()
    await supabase.auth.signOut({ scope: 'local' })
    return token
  },
  'whose session was ended from another device': async () => {
    const { token } = await elsewhere()
    const { supabase } = await elsewhere()
    await supabase.auth.signOut({ scope: 'others' })
    ada.token = (await elsewhere()).token
    return token
  },
  'whose session is over, by its own end': async () => {
    const { token, session } = await elsewhere()
    await sql(`update auth.sessions set not_after = now() - interval '1 second' where id = $1`, [session])
    return token
  },
  'that names no session': () => like({ session_id: undefined }),
  'that names a session that is none': () => like({ session_id: "' or true --" }),
  'that names a session nobody has': () => like({ session_id: crypto.randomUUID() }),
  'that names Bob’s session': async () => {
    const bob = await member(stack, founder('Bob'))
    return like({ session_id: sessionIn(bob.token) })
  },
  'of Bob that names Ada’s session': async () => {
    const bob = await member(stack, founder('Bob'))
    return tokenLike(bob, stack.keys.jwtSecret, { session_id: sessionIn(ada.token) })
  },
  'of somebody who is nobody': () => like({ sub: crypto.randomUUID() }),
}

const isNoMore = /signing out|another device|nobody has|who is nobody/

const joining = (channel: RealtimeChannel) =>
  new Promise<string>((told) => {
    channel.subscribe((status, error) => told(error?.message ?? status))
  })

/** What a private channel says to who comes with this token. */
async function joinWith(token: string, name: string): Promise<string> {
  const supabase = visitor(stack)
  await supabase.realtime.setAuth(token)
  const said = await joining(supabase.channel(name, { config: { private: true } }))
  await supabase.removeAllChannels()
  return said
}

const tables = async (): Promise<string[]> =>
  (
    await sql(`select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
      and has_table_privilege('authenticated', oid, 'select') and not has_table_privilege('anon', oid, 'select')`)
  ).map(({ relname }) => relname)

test('with a session that lives, the same doors are open', async () => {
  const caller = callerOf(stack, await like({}))
  const profiles = await send(stack, caller, { method: 'GET', path: '/rest/v1/profiles?select=id' })
  expect(JSON.parse(profiles.text)).toContainEqual({ id: ada.id })
  expect((await send(stack, caller, { path: '/rest/v1/rpc/list_topics', body: {} })).status).toBe(200)
  expect(await joinWith(ada.token, 'forum')).toBe('SUBSCRIBED')
})

for (const [which, make] of Object.entries(stale)) {
  describe(`a token ${which}`, () => {
    let token: string
    const ask = (request: Request) => send(stack, callerOf(stack, token), request)
    beforeAll(async () => {
      token = await make()
    })

    test('reads no row', async () => {
      for (const table of await tables()) {
        const { status, text } = await ask({ method: 'GET', path: `/rest/v1/${table}` })
        const isHerOwn = table === 'profiles' && status === 200 && JSON.parse(text).length <= 1
        expect([table, status, isHerOwn ? '[]' : text]).toEqual([table, 200, '[]'])
      }
    })

    test('changes no row', async () => {
      const body = { job_title: 'Changed by a token of no session' }
      await ask({ method: 'PATCH', path: `/rest/v1/profiles?id=eq.${ada.id}`, body })
      expect(await sql('select from public.profiles where job_title = $1', [body.job_title])).toEqual([])
    })

    test('is told to sign in again by every function it may name, and me() knows nobody', async () => {
      const functions = await sql(`select proname as name, coalesce(proargnames[1:pronargs], '{}') as names
        from pg_proc where pronamespace = 'public'::regnamespace and proname <> 'me'
          and has_function_privilege('authenticated', oid, 'execute')`)
      const others: string[] = []
      for (const { name, names } of functions) {
        const body = Object.fromEntries(names.map((argument: string) => [argument, null]))
        const { status, text } = await ask({ path: `/rest/v1/rpc/${name}`, body })
        const isRefused = status === 401 && /session_ended|not_signed_in/.test(text)
        // Where a policy answers, there is nothing to see.
        if (!isRefused && !['[]', 'null'].includes(text)) others.push(`${name}: ${status} ${text}`)
      }
      expect(others).toEqual([])
      expect(await ask({ path: '/rest/v1/rpc/me', body: {} })).toEqual({ status: 200, text: 'null' })
    })

    test('joins no private channel', async () => {
      for (const name of ['forum', `organization:${ada.me.organization.id}`, `user:${ada.id}`]) {
        expect(await joinWith(token, name), name).not.toBe('SUBSCRIBED')
      }
    })

    test('writes, reads and lists no object', async () => {
      const before = await sql('select count(*) from storage.objects')
      for (const { id, allowed_mime_types } of await sql(
        'select id, allowed_mime_types from storage.buckets',
      )) {
        const headers = { 'content-type': allowed_mime_types?.[0] ?? 'text/plain' }
        const path = `/storage/v1/object/${id}/${ada.id}/x.bin`
        expect((await ask({ path, headers, body: 'x' })).status).toBeGreaterThanOrEqual(400)
        expect((await ask({ method: 'GET', path })).status).toBeGreaterThanOrEqual(400)
        const list = await ask({ path: `/storage/v1/object/list/${id}`, body: { prefix: '' } })
        expect([list.status >= 400 || list.text]).toEqual([list.status >= 400 ? true : '[]'])
      }
      expect(await sql('select count(*) from storage.objects')).toEqual(before)
    })

    // Auth itself asks for the session's row alone: neither for its end nor whose it is, which only Auth's key could feign.
    if (isNoMore.test(which))
      test('is nobody to Auth', async () => {
        for (const request of [
          { method: 'GET', path: '/auth/v1/user' },
          { method: 'PUT', path: '/auth/v1/user', body: { data: { first_name: 'Eve' } } },
        ]) {
          expect((await ask(request)).status).toBe(403)
        }
      })
  })
}

describe('a refresh token', () => {
  const refresh = (refresh_token: string) =>
    send(stack, callerOf(stack), { path: '/auth/v1/token?grant_type=refresh_token', body: { refresh_token } })

  test('of a session that was ended brings no new one', async () => {
    const device = await elsewhere()
    await device.supabase.auth.signOut({ scope: 'local' })
    expect((await refresh(device.refresh)).status).toBe(400)
  })

  test('that was used long ago ends the session for whoever stole it, and for its owner', async () => {
    const device = await elsewhere()
    const next = JSON.parse((await refresh(device.refresh)).text)
    const later = JSON.parse((await refresh(next.refresh_token)).text)
    // Within ten seconds a token may come twice, as from two tabs (config.toml, refresh_token_reuse_interval).
    const age = () =>
      sql(`update auth.refresh_tokens set updated_at = now() - interval '1 minute' where session_id = $1`, [
        device.session,
      ])
    await age()
    expect((await refresh(device.refresh)).status).toBe(400)
    await age()
    expect((await refresh(later.refresh_token)).status).toBe(400)
  })
})
