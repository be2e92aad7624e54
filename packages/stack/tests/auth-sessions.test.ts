import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withClient } from '../src/sql.ts'
import { liveStatus } from '../src/supervisor/status.ts'
import { startTestStack, type TestStack } from '../testing/stack.ts'
import { clientOf, member } from './people.ts'

let stack: TestStack
const sql = async (text: string, values: unknown[] = []) =>
  (await withClient(stack.urls.databaseAdmin, (client) => client.query(text, values))).rows

async function refresh(token: string) {
  const response = await fetch(`${stack.urls.api}/auth/v1/token?grant_type=refresh_token`, {
    method: 'POST',
    headers: { apikey: stack.keys.publishable, 'content-type': 'application/json' },
    body: JSON.stringify({ refresh_token: token }),
  })
  return { status: response.status, ...(await response.json()) }
}

/** Somebody new, and the refresh token of their session. */
async function signedIn() {
  const ada = await member(stack, 'ada')
  const { data } = await ada.client.auth.getSession()
  return { ...ada, token: data.session?.refresh_token ?? '' }
}

const spentAgo = (token: string, interval: string) =>
  sql('update auth.refresh_tokens set updated_at = now() - $2::interval where token = $1', [token, interval])

describe('a session that may last a day, or eight hours alone', () => {
  beforeAll(async () => {
    const sessions = { timebox: '24h', inactivity_timeout: '8h' }
    stack = await startTestStack({ settings: { auth: { sessions } } })
  })
  afterAll(() => stack?.stop())

  test('ends a day after it began, however much it was used', async () => {
    const { id, token } = await signedIn()
    await sql(`update auth.sessions set created_at = now() - interval '25 hours' where user_id = $1`, [id])
    expect(await refresh(token)).toMatchObject({
      status: 400,
      error_code: 'session_expired',
      msg: 'Invalid Refresh Token: Session Expired',
    })
  })

  test('ends eight hours after it was last refreshed', async () => {
    const { id, token } = await signedIn()
    const { refresh_token: next } = await refresh(token)
    await sql(
      `update auth.sessions set created_at = now() - interval '10 hours',
         refreshed_at = now() at time zone 'utc' - interval '9 hours' where user_id = $1`,
      [id],
    )
    expect(await refresh(next)).toMatchObject({
      status: 400,
      error_code: 'session_expired',
      msg: 'Invalid Refresh Token: Session Expired (Inactivity)',
    })
  })

  test('ends eight hours after the sign-in where nobody ever refreshed it', async () => {
    const { id, token } = await signedIn()
    await sql(`update auth.sessions set created_at = now() - interval '9 hours' where user_id = $1`, [id])
    await spentAgo(token, '9 hours')
    expect((await refresh(token)).error_code).toBe('session_expired')
  })

  test('goes on until then', async () => {
    const { id, token } = await signedIn()
    await sql(`update auth.sessions set created_at = now() - interval '7 hours' where user_id = $1`, [id])
    const first = await refresh(token)
    await sql(`update auth.sessions set created_at = now() - interval '23 hours' where user_id = $1`, [id])
    expect([first.status, (await refresh(first.refresh_token)).status]).toEqual([200, 200])
  })

  test('keeps where and on what it was last used', async () => {
    const { id, token } = await signedIn()
    await refresh(token)
    const [row] = await sql(
      `select host(ip) as ip, user_agent as agent, (refreshed_at at time zone 'utc') between now() - interval '1 minute' and now() as fresh from auth.sessions where user_id = $1`,
      [id],
    )
    expect(row).toEqual({ ip: '127.0.0.1', agent: 'node', fresh: true })
  })
})

describe('spent refresh tokens', () => {
  beforeAll(async () => {
    stack = await startTestStack({ settings: { auth: { enable_refresh_token_rotation: false } } })
  })
  afterAll(() => stack?.stop())

  /** A session that was refreshed three times; the last token is its current one. */
  async function chain() {
    const { token } = await signedIn()
    const tokens = [token]
    for (let count = 0; count < 3; count++) {
      tokens.push((await refresh(tokens.at(-1) ?? '')).refresh_token)
    }
    return tokens
  }

  test('are forgiven for ten seconds', async () => {
    const [oldest = ''] = await chain()
    const again = await refresh(oldest)
    expect(again.status).toBe(200)
    expect((await refresh(again.refresh_token)).status).toBe(200)
  })

  test('are refused after that; where tokens do not rotate the session itself goes on', async () => {
    const tokens = await chain()
    await spentAgo(tokens[0] ?? '', '11 seconds')
    expect((await refresh(tokens[0] ?? '')).error_code).toBe('refresh_token_already_used')
    expect((await refresh(tokens.at(-1) ?? '')).status).toBe(200)
  })

  test('leave no trace of who was refused', async () => {
    const [oldest = ''] = await chain()
    await spentAgo(oldest, '11 seconds')
    const count = () => sql('select count(*)::int from auth.refresh_tokens')
    const before = await count()
    await refresh(oldest)
    expect(await count()).toEqual(before)
  })

  test('refreshing from twenty places at once makes one new token', async () => {
    const { id, token } = await signedIn()
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(token)))
    expect(new Set(answers.map((answer) => answer.refresh_token)).size).toBe(1)
    expect(await sql('select token from auth.refresh_tokens where user_id = $1', [id])).toHaveLength(2)
  })

  test('somebody else is refreshed while one session is being refreshed from everywhere', async () => {
    const [eve, ada] = [await signedIn(), await signedIn()]
    const flood = Array.from({ length: 40 }, () => refresh(eve.token))
    expect((await refresh(ada.token)).status).toBe(200)
    for (const { status } of await Promise.all(flood)) expect(status).toBe(200)
  })

  test('one that is held for longer than five seconds is given up', async () => {
    const { id, token } = await signedIn()
    await withClient(stack.urls.databaseAdmin, async (client) => {
      await client.query('begin')
      await client.query('select from auth.sessions where user_id = $1 for update', [id])
      expect(await refresh(token)).toMatchObject({ status: 409, error_code: 'conflict' })
    })
    expect((await refresh(token)).status).toBe(200)
  })

  test('refreshing, signing in and signing out at once ends in no deadlock', async () => {
    const { email, token } = await signedIn()
    const anybody = () => clientOf(stack, stack.keys.publishable)
    const password = 'a long enough password'
    const acts = Array.from({ length: 8 }, async () => {
      const client = anybody()
      await client.auth.signInWithPassword({ email, password })
      const refreshed = await refresh(token)
      await client.auth.signOut({ scope: 'others' })
      return refreshed.status
    })
    for (const status of await Promise.all(acts)) expect([200, 400]).toContain(status)
  })
})

describe('when the gateway is killed while somebody refreshes', () => {
  beforeAll(async () => {
    stack = await startTestStack()
  })
  afterAll(() => stack?.stop())

  test('the session goes on by the token that they hold', async () => {
    const people = await Promise.all([1, 2, 3, 4, 5].map(signedIn))
    const lost = people.map(({ token }) => refresh(token).catch(() => undefined))
    const { pid } = (await liveStatus(stack.config.dir))?.parts.gateway ?? {}
    process.kill(pid ?? 0, 'SIGKILL')
    const held = await Promise.all(lost)
    await until(() =>
      fetch(`${stack.urls.api}/auth/v1/health`)
        .then(({ ok }) => ok)
        .catch(() => false),
    )
    for (const [place, { token }] of people.entries()) {
      const answer = held[place]
      expect((await refresh(answer?.refresh_token ?? token)).status).toBe(200)
    }
  })
})

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((tick) => setTimeout(tick, 50))
}
