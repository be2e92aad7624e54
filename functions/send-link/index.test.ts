import { limitOf } from '@p2p/contracts'
import { describe, expect } from 'vitest'
import { serve } from '../_shared/serve.ts'
import { withAuthThatSays } from '../testing/auth-that-says.ts'
import { type Ground, test } from '../testing/ground.ts'
import { keptLog } from '../testing/kept-log.ts'
import { ada, mailsTo, post as signUp, someNetwork } from '../testing/signing-up.ts'
import { sendLink } from './send-link.ts'

keptLog()

async function post({ env }: Pick<Ground, 'env'>, body: unknown, network = someNetwork()) {
  const request = new Request('http://gateway/functions/v1/send-link', {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'x-forwarded-for': network },
  })
  const answer = await serve('send-link', 'POST', sendLink(env))(request)
  return { status: answer.status, headers: answer.headers, body: await answer.json() }
}

const older = ({ db }: Ground, email: string) =>
  db.query(
    `update auth.users set confirmation_sent_at = confirmation_sent_at - interval '1 hour',
       recovery_sent_at = recovery_sent_at - interval '1 hour' where email = $1`,
    [email],
  )
const sent = { status: 200, body: { status: 'sent' } }

describe('a link', () => {
  test('is mailed once more, and not a second time at a double click', async ({ ground }) => {
    const { email } = ada('ada')
    await signUp(ground.env, ada('ada'))
    await older(ground, email)
    expect(await post(ground, { kind: 'verification', email })).toMatchObject(sent)
    expect(mailsTo(ground, email)).toHaveLength(2)
    expect(await post(ground, { kind: 'verification', email: email.toUpperCase() })).toMatchObject(sent)
    expect(mailsTo(ground, email)).toHaveLength(2)
  })

  test('for a new password goes to who has an account; nobody is told whether there is one', async ({
    ground,
  }) => {
    const { email } = ada('noura')
    await signUp(ground.env, ada('noura'))
    await ground.db.query('update auth.users set email_confirmed_at = now() where email = $1', [email])
    const [known, unknown] = [
      await post(ground, { kind: 'recovery', email }),
      await post(ground, { kind: 'recovery', email: 'nobody@nowhere.example' }),
    ]
    expect(known).toMatchObject(sent)
    expect([unknown.status, unknown.body]).toEqual([known.status, known.body])
    expect(mailsTo(ground, email)).toHaveLength(2)
    expect(mailsTo(ground, 'nobody@nowhere.example')).toEqual([])
  })
})

describe('Eve', () => {
  test('cannot fill a mailbox from many networks, whether or not it has an account', async ({ ground }) => {
    for (const email of ['victim@eve.example', 'Victim2@eve.example']) {
      const { max } = limitOf('mails.address')
      for (let knock = 1; knock <= max; knock++) {
        const kind = knock % 2 ? 'recovery' : 'verification'
        expect(await post(ground, { kind, email })).toMatchObject(sent)
      }
      const refused = await post(ground, { kind: 'recovery', email: email.toLowerCase() })
      expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    }
  })

  test('is slowed down by her network, whichever addresses she tries', async ({ ground }) => {
    const network = someNetwork()
    const { max } = limitOf('mails.network')
    const knock = (index: number) =>
      post(ground, { kind: 'recovery', email: `somebody${index}@eve.example` }, network)
    for (let index = 1; index <= max; index++) expect((await knock(index)).status).toBe(200)
    expect((await knock(max + 1)).status).toBe(429)
  })

  test('gets no 500 for what she sends', async ({ ground }) => {
    for (const [body, status] of [
      ['', 400],
      ['null', 422],
      ['{}', 422],
      [JSON.stringify({ kind: 'invite', email: 'eve@eve.example' }), 422],
      [JSON.stringify({ kind: 'recovery', email: { $ne: null } }), 422],
      [JSON.stringify({ kind: 'recovery', email: 'x'.repeat(5_000) }), 413],
    ] as const) {
      expect((await post(ground, body)).status, body.slice(0, 80)).toBe(status)
    }
  })
})

describe('when Auth says no', () => {
  const cases = [
    [
      { status: 429, body: { code: 'over_email_send_rate_limit', message: 'email rate limit exceeded' } },
      429,
    ],
    [{ status: 500, body: { code: 'unexpected_failure', message: 'Error sending recovery email' } }, 503],
    [{ status: 400, body: { code: 'email_address_invalid', message: 'Invalid' } }, 422],
    [{ status: 500, body: { code: 'unexpected_failure', message: 'Out of order' } }, 503],
  ] as const
  for (const [says, status] of cases) {
    test(`"${says.body.message}" is answered with ${status}`, async ({ ground }) => {
      const email = `${crypto.randomUUID()}@works.example`
      const answer = await withAuthThatSays(ground.env, says, (env) =>
        post({ env }, { kind: 'recovery', email }),
      )
      expect(answer.status).toBe(status)
    })
  }
})
