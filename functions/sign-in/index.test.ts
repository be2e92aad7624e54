import { createClient } from '@supabase/supabase-js'
import { describe, expect } from 'vitest'
import { withAuthThatSays } from '../testing/auth-that-says.ts'
import { type Ground, test } from '../testing/ground.ts'
import { keptLog } from '../testing/kept-log.ts'
import { account, enter } from '../testing/signing-in.ts'
import { someNetwork } from '../testing/signing-up.ts'

const log = keptLog()

const sessionsOf = async ({ db }: Ground, id: string) =>
  (
    await db.query(
      `select user_agent, host(ip) as ip, extract(epoch from not_after - created_at)::int as seconds
       from auth.sessions where user_id = $1 order by created_at`,
      [id],
    )
  ).rows

const wrongTimes = (env: Ground['env'], count: number, email: string, headers = {}) =>
  Promise.all(Array.from({ length: count }, () => enter(env, { email, password: 'not it' }, headers)))

const statuses = (answers: { status: number }[]) =>
  Object.fromEntries(
    Object.entries(Object.groupBy(answers, (a) => String(a.status))).map(([s, a]) => [s, a?.length]),
  )

describe('who knows the password', () => {
  test('gets a session of their device, which ends after twelve hours unless it is remembered', async ({
    ground,
  }) => {
    const { id, email, password } = await account(ground, 'comes')
    const headers = {
      'user-agent': 'Mozilla/5.0 (Android 15) Firefox/140.0',
      'x-forwarded-for': '203.0.113.7',
    }
    const short = await enter(ground.env, { email: email.toUpperCase(), password }, headers)
    expect(short.status).toBe(200)
    expect((await enter(ground.env, { email, password, remember: true }, headers)).status).toBe(200)
    expect(await sessionsOf(ground, id)).toEqual([
      { user_agent: headers['user-agent'], ip: '203.0.113.7', seconds: 12 * 3600 },
      { user_agent: headers['user-agent'], ip: '203.0.113.7', seconds: null },
    ])
    const client = createClient(ground.env.url, ground.env.publishableKey, {
      auth: { persistSession: false },
    })
    const { data } = await client.auth.setSession(short.body)
    expect(data.user?.email).toBe(email)
    expect((await client.rpc('me')).data).toMatchObject({ email, second_factor: 'none' })
  })

  test('is told what else stands in the way', async ({ ground }) => {
    const pia = await account(ground, 'unverified', { verified: false })
    expect(await enter(ground.env, pia)).toMatchObject({ status: 403, body: { code: 'email_not_verified' } })
    const dan = await account(ground, 'banned')
    await ground.db.query(`update auth.users set banned_until = now() + interval '1 day' where id = $1`, [
      dan.id,
    ])
    expect(await enter(ground.env, dan)).toMatchObject({ status: 403, body: { code: 'account_suspended' } })
  })

  test('may come in though their account is paused, to see why', async ({ ground }) => {
    const dan = await account(ground, 'paused')
    await ground.db.query(`update public.profiles set status = 'deactivated' where id = $1`, [dan.id])
    expect((await enter(ground.env, dan)).status).toBe(200)
  })
})

describe('who does not', () => {
  test('learns nothing of the account', async ({ ground }) => {
    const known = await account(ground, 'known')
    const pia = await account(ground, 'pending', { verified: false })
    for (const email of [known.email, pia.email, 'nobody@nowhere.example']) {
      const answer = await enter(ground.env, { email, password: 'not it at all' })
      expect(answer, email).toMatchObject({ status: 401, body: { code: 'credentials_wrong' } })
    }
  })

  test('has ten tries an address, known or not, however many come at once and from wherever', async ({
    ground,
  }) => {
    const known = await account(ground, 'guessed')
    for (const email of [known.email, 'guessed@nowhere.example']) {
      const answers = await wrongTimes(ground.env, 40, email)
      expect(statuses(answers), email).toEqual({ 401: 10, 429: 30 })
      const refused = answers.find(({ status }) => status === 429)
      expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(Number(refused?.headers.get('retry-after'))).toBeLessThanOrEqual(900)
    }
    expect(await enter(ground.env, known)).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
  })

  test('has a hundred failures a network', async ({ ground }) => {
    const network = { 'x-forwarded-for': someNetwork() }
    const answers = await Promise.all(
      Array.from({ length: 120 }, (_, i) =>
        enter(ground.env, { email: `p${i}@many.example`, password: 'x' }, network),
      ),
    )
    expect(statuses(answers)).toEqual({ 401: 100, 429: 20 })
  })

  test('does not use up the tries of who mistypes and then comes in', async ({ ground }) => {
    const ada = await account(ground, 'mistypes')
    for (let round = 0; round < 3; round++) {
      await wrongTimes(ground.env, 9, ada.email)
      expect((await enter(ground.env, ada)).status).toBe(200)
    }
  })

  test('finds the same wall where Auth is asked directly', async ({ ground }) => {
    const { email, password } = await account(ground, 'direct')
    const client = createClient(ground.env.url, ground.env.publishableKey, {
      auth: { persistSession: false },
    })
    const attempt = async (secret: string) => {
      const { error } = await client.auth.signInWithPassword({ email, password: secret })
      return error && `${error.status} ${error.code} ${error.message}`
    }
    const wrong = await Promise.all(Array.from({ length: 40 }, () => attempt('not it')))
    expect(new Set(wrong)).toEqual(new Set(['400 invalid_credentials Invalid login credentials']))
    expect(await attempt(password)).toBe(wrong[0])
    expect(await enter(ground.env, { email, password })).toMatchObject({ status: 401 })
  })
})

describe('what cannot be read', () => {
  for (const [why, body, status, answer] of [
    ['no JSON', '{', 400, { code: 'invalid_input' }],
    ['nothing', {}, 422, { fields: { email: 'email_invalid', password: 'password_missing' } }],
    ['no address', { email: 'ada', password: 'x' }, 422, { fields: { email: 'email_invalid' } }],
    [
      'a password that is an object',
      { email: 'a@b.example', password: {} },
      422,
      { fields: { password: 'password_missing' } },
    ],
    [
      'a wish that is no yes or no',
      { email: 'a@b.example', password: 'x', remember: 'always' },
      422,
      { fields: { remember: 'invalid_input' } },
    ],
    ['a book', { email: 'a@b.example', password: 'x'.repeat(20_000) }, 413, { code: 'invalid_input' }],
  ] as const) {
    test(`${why} is answered ${status}`, async ({ ground }) => {
      expect(await enter(ground.env, body)).toMatchObject({ status, body: answer })
    })
  }
})

describe('where something is down', () => {
  for (const [said, status, code] of [
    [{ status: 429, code: 'over_request_rate_limit' }, 429, 'rate_limited'],
    [{ status: 500, code: 'unexpected_failure' }, 503, 'unavailable'],
  ] as const) {
    test(`${said.code} of Auth is answered ${status}`, async ({ ground }) => {
      const body = { code: said.code, message: 'No.' }
      const heard = await withAuthThatSays(ground.env, { status: said.status, body }, (env) =>
        enter(env, { email: `${status}@down.example`, password: 'x' }),
      )
      expect(heard).toMatchObject({ status, body: { code } })
      expect(Number(heard.headers.get('retry-after'))).toBeGreaterThan(0)
    })
  }

  test('nothing that answers is answered 503', async ({ ground }) => {
    const env = { ...ground.env, url: 'http://127.0.0.1:9' }
    expect(await enter(env, { email: 'a@b.example', password: 'x' })).toMatchObject({ status: 503 })
  })

  test('no address and no password come into the log', async ({ ground }) => {
    const ada = await account(ground, 'logged-in')
    await enter(ground.env, ada)
    await wrongTimes(ground.env, 1, ada.email)
    expect(log.length).toBeGreaterThan(1)
    expect(log.join('\n')).not.toMatch(/logged-in\.example|long enough|not it/)
  })
})
