import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestStack, type TestStack } from '../testing/stack.ts'
import { clientOf, password, stranger } from './people.ts'

/* What hosted Auth counts of each address that asks it, and `supabase start` does not. */

let stack: TestStack
beforeAll(async () => {
  const auth = {
    enable_anonymous_sign_ins: true,
    rate_limit: { anonymous_users: 2, email_sent: 3 },
    email: { max_frequency: '0m0s' },
  }
  stack = await startTestStack({ apiProcesses: 2, rateLimits: true, settings: { auth } })
})
afterAll(() => stack?.stop())

type Answer = { status: number; body: unknown }

/** Asks Auth from one of this machine's own addresses. */
const ask = (path: string, body: unknown, localAddress = '127.0.0.1') =>
  new Promise<Answer>((answered, failed) => {
    const { hostname, port } = new URL(stack.urls.api)
    const headers = { apikey: stack.keys.publishable, 'content-type': 'application/json' }
    const options = { host: hostname, port, path: `/auth/v1${path}`, method: 'POST', headers, localAddress }
    const asking = request(options, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () => {
        const text = Buffer.concat(parts).toString()
        answered({ status: response.statusCode ?? 0, body: JSON.parse(text || '{}') })
      })
    })
    asking.once('error', failed)
    asking.end(JSON.stringify(body))
  })

const times = <T>(count: number, act: () => Promise<T>) => Promise.all(Array.from({ length: count }, act))
const over = {
  status: 429,
  body: { code: 429, error_code: 'over_request_rate_limit', msg: 'Request rate limit reached' },
}

describe('an address that asks too often', () => {
  const cases = {
    'to sign up': ['/signup', { email: 'x@x.example' }, 400],
    'for a new password': ['/recover', { email: 'nobody@nowhere.example' }, 200],
    'for a mail again': ['/resend', { type: 'signup', email: 'nobody@nowhere.example' }, 200],
    'for a code': ['/otp', { email: 'nobody@nowhere.example', create_user: false }, 422],
    'for a link': ['/magiclink', {}, 422],
    'with wrong codes': ['/verify', { type: 'email', token_hash: 'x' }, 403],
    'with wrong passwords': [
      '/token?grant_type=password',
      { email: 'nobody@nowhere.example', password },
      400,
    ],
  } as const
  for (const [name, [path, body, status]] of Object.entries(cases)) {
    test(`${name} waits, whichever process answers, and keeps nobody else waiting`, async () => {
      const statuses = (await times(30, () => ask(path, body))).map((answer) => answer.status)
      expect(new Set(statuses)).toEqual(new Set([status]))
      expect(await ask(path, body)).toEqual(over)
      expect((await ask(path, body, '127.0.0.2')).status).toBe(status)
    })
  }

  test('to come in without a name waits an hour', async () => {
    const answers = await times(4, () => ask('/signup', {}))
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(2)
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(2)
  })

  test('claims in vain to be another', async () => {
    const headers = {
      apikey: stack.keys.publishable,
      'x-forwarded-for': '9.9.9.9',
      'sb-forwarded-for': '9.9.9.9',
    }
    const body = JSON.stringify({ type: 'email', token_hash: 'x' })
    const answer = await fetch(`${stack.urls.api}/auth/v1/verify`, { method: 'POST', headers, body })
    expect(answer.status).toBe(429)
  })
})

describe('mails', () => {
  test('are bounded in all, and a signup whose mail is one too many makes no account', async () => {
    const from = (index: number) => `127.0.1.${index}`
    const signUp = (index: number) => {
      const { email, options } = stranger('ada')
      return ask('/signup', { email, password, data: options.data }, from(index))
    }
    for (const index of [1, 2, 3]) expect((await signUp(index)).status).toBe(200)
    expect(await signUp(4)).toEqual({
      status: 429,
      body: { code: 429, error_code: 'over_email_send_rate_limit', msg: 'email rate limit exceeded' },
    })
    const { auth } = clientOf(stack, stack.keys.secret)
    expect((await auth.admin.listUsers()).data.users).toHaveLength(3)
  })
})

describe('many at once', () => {
  test('do not wait for each other to be counted', async () => {
    const start = performance.now()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => {
        const { email, options } = stranger('bob')
        return ask('/signup', { email, password, data: options.data }, `127.0.2.${index + 1}`)
      }),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([429]))
    expect(performance.now() - start).toBeLessThan(9_000)
  })
})

describe('where nobody counts', () => {
  test('an address asks as often as it likes', async () => {
    const free = await startTestStack()
    try {
      const { auth } = clientOf(free, free.keys.publishable)
      const answers = await times(60, () => auth.resetPasswordForEmail('nobody@nowhere.example'))
      expect(answers.filter(({ error }) => error)).toEqual([])
    } finally {
      await free.stop()
    }
  })
})
