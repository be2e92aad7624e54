import { randomBytes } from 'node:crypto'
import { type LimitName, limits } from '@p2p/contracts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { startTestStack, type TestStack } from '../testing/stack.ts'
import { founder, member, type Person, rowsOf } from './companies.ts'
import { callerOf } from './eve-world.ts'
import { kill } from './faults-world.ts'

/* Many who knock at the same moment: never more come through than the page of limits says. */

let stack: TestStack
let ada: Person
beforeAll(async () => {
  stack = await startTestStack({ apiProcesses: 2 })
  ada = await member(stack, founder('Ada'))
})
afterAll(() => stack?.stop())
beforeEach(() => sql('delete from private.rate_limits'))

const sql = (text: string, values?: unknown[]) => rowsOf(stack, text, values)

const Coded = z.object({ code: z.string(), details: z.string().nullish() })

type Answer = { status: number; retryAfter: number; body: unknown }

async function post(path: string, body: unknown, token?: string): Promise<Answer> {
  const answer = await fetch(stack.urls.api + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      // Whatever Eve says of where she comes from.
      'x-forwarded-for': `10.0.${Math.floor(Math.random() * 250)}.${Math.floor(Math.random() * 250)}`,
      ...callerOf(stack, token),
    },
    body: JSON.stringify(body),
  })
  return {
    status: answer.status,
    retryAfter: Number(answer.headers.get('retry-after')),
    body: await answer.json().catch(() => null),
  }
}

const call = (name: string, body: unknown) => post(`/functions/v1/${name}`, body)
const ask = (name: string, body: unknown, person = ada) => post(`/rest/v1/rpc/${name}`, body, person.token)
const fresh = () => `${crypto.randomUUID()}@eve.example`

let numbers = 0

/** One knock of each kind; `email` is the same for all who knock together. */
const knocks: Partial<Record<LimitName, (email: string) => Promise<Answer>>> = {
  'signup.network': () => call('signup', founder('Eve')),
  'signup.address': (email) => call('signup', founder('Eve', { email })),
  'sign_in.address': (email) => call('sign-in', { email, password: 'not the password' }),
  'sign_in.network': () => call('sign-in', { email: fresh(), password: 'not the password' }),
  'mails.address': (email) => call('send-link', { kind: 'recovery', email }),
  'mails.network': () => call('send-link', { kind: 'verification', email: fresh() }),
  'join.address': (email) =>
    call('request-to-join', { email, first_name: 'Eve', last_name: 'Asks', locale: 'en' }),
  'join.network': () =>
    call('request-to-join', { email: fresh(), first_name: 'Eve', last_name: 'Asks', locale: 'en' }),
  'invitations.guess': () => call('accept-invitation', { token: randomBytes(32).toString('base64url') }),
  'invitations.accept': () => ask('accept_invitation', { token: randomBytes(32).toString('base64url') }),
  'uploads.person': () => ask('create_upload', { purpose: 'avatar', size: 20, content_type: 'image/png' }),
  'registrations.check': () => ask('set_registration_number', { number: `10${10_000_000 + ++numbers}` }),
}

/** How many of a bucket's knocks the windows let through: one window, or two where the hour struck meanwhile. */
async function letThrough(bucket: LimitName): Promise<number> {
  const windows = await sql('select hits from private.rate_limits where bucket = $1', [bucket])
  return windows.reduce((sum, { hits }) => sum + Math.min(Number(hits), limits[bucket].max), 0)
}

const inLots = async <T>(count: number, lot: number, act: () => Promise<T>): Promise<T[]> => {
  const answers: T[] = []
  while (answers.length < count)
    answers.push(...(await Promise.all(Array.from({ length: Math.min(lot, count - answers.length) }, act))))
  return answers
}

describe('knocking all at once', () => {
  for (const [name, knock] of Object.entries(knocks)) {
    const bucket = name as LimitName
    const { max } = limits[bucket]
    test(`${bucket}: ${max} come through, and the others are told how long to wait`, async () => {
      const email = fresh()
      const answers = await inLots(max + 10, 25, () => knock(email))
      const refused = answers.filter(({ status }) => status === 429)
      expect(answers.filter(({ status }) => status >= 500)).toEqual([])
      expect(answers.length - refused.length).toBe(await letThrough(bucket))
      expect(refused.length).toBeGreaterThan(0)
      for (const { retryAfter, body } of refused) {
        expect(retryAfter).toBeGreaterThan(0)
        expect(retryAfter).toBeLessThanOrEqual(limits[bucket].seconds)
        // The Data API says the code in `details`, as for every refusal.
        const { code, details } = Coded.parse(body)
        expect([code, details]).toContain('rate_limited')
      }
      const subjects = await sql('select subject from private.rate_limits')
      expect(JSON.stringify(subjects)).not.toContain('@')
    })
  }
})

describe('inviting by lists', () => {
  const list = (lines: number) => Array.from({ length: lines }, () => ({ email: fresh() }))
  const Report = z.object({ invited: z.number(), report: z.array(z.object({ status: z.string() })) })

  test('counts lines, however many lists come at once', async () => {
    const { max } = limits['invitations.person']
    const answers = await Promise.all([1, 2, 3, 4].map(() => ask('invite_people', { entries: list(400) })))
    const reports = answers.filter(({ status }) => status === 200).map(({ body }) => Report.parse(body))
    const invited = reports.reduce((sum, report) => sum + report.invited, 0)
    expect(invited).toBe(max)
    const told = reports.flatMap(({ report }) => report.filter(({ status }) => status === 'limit'))
    const refused = answers.filter(({ status }) => status === 429)
    expect(told.length + refused.length * 400).toBe(4 * 400 - max)
    const more = await ask('invite_people', { entries: list(1) })
    expect([more.status, more.retryAfter > 0]).toEqual([429, true])
    expect(await sql('select count(*)::int as kept from public.invitations')).toEqual([{ kept: max }])
  })
})

describe('what was counted stands', () => {
  test('when the functions and the gateway are killed', async () => {
    const email = fresh()
    const { max } = limits['mails.address']
    const knock = () => call('send-link', { kind: 'recovery', email })
    for (let time = 1; time <= max; time += 1) expect((await knock()).status).toBe(200)
    await kill(stack, 'functions')
    expect((await knock()).status).toBe(429)
    await kill(stack, 'gateway')
    expect((await knock()).status).toBe(429)
  })

  test('when Postgres is killed', async () => {
    const email = fresh()
    const { max } = limits['sign_in.address']
    const knock = () => call('sign-in', { email, password: 'not the password' })
    for (let time = 1; time <= max; time += 1) expect((await knock()).status).toBe(401)
    await kill(stack, 'postgres')
    await expect.poll(async () => (await knock()).status, { timeout: 20_000 }).toBe(429)
  })
})
