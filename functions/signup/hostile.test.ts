import { describe, expect } from 'vitest'
import { test } from '../testing/ground.ts'
import { keptLog } from '../testing/kept-log.ts'
import { ada, left, mailsTo, post, someNetwork } from '../testing/signing-up.ts'

keptLog()

describe('Eve', () => {
  test('does not learn who has an account at a public mail provider', async ({ ground }) => {
    const email = 'sara@gmail.com'
    const fresh = await post(ground.env, ada('sara', { email }))
    await ground.db.query('update auth.users set email_confirmed_at = now() where email = $1', [email])
    const known = await post(ground.env, ada('eve', { email }))
    expect([known.status, known.body]).toEqual([fresh.status, fresh.body])
    expect(mailsTo(ground, email)).toHaveLength(1)
    expect(await left(ground, email)).toMatchObject([{ name: 'Works of sara' }])
  })

  test('gains nothing by fields that are not in the form', async ({ ground }) => {
    const more = {
      role: 'service_role',
      status: 'active',
      platform_role: 'admin',
      app_metadata: { role: 'admin' },
    }
    expect((await post(ground.env, ada('eve', more))).status).toBe(200)
    const { rows } = await ground.db.query(
      `select raw_user_meta_data - array['sub', 'email', 'email_verified', 'phone_verified', 'request_id'] as data
       from auth.users where email = 'eve@eve.example'`,
    )
    expect(rows).toEqual([
      { data: { first_name: 'Ada', last_name: 'Najdi', organization_name: 'Works of eve', locale: 'en' } },
    ])
    expect((await ground.db.query('select from public.platform_roles')).rowCount).toBe(0)
  })

  test('is slowed down by her network, whichever addresses she tries, and a restart does not help her', async ({
    ground,
  }) => {
    const env = { ...ground.env, signupMaxPerNetwork: 3 }
    const from = { 'x-forwarded-for': someNetwork() }
    for (const name of ['one', 'two', 'three']) expect((await post(env, ada(name), from)).status).toBe(200)

    // Each call makes the function anew: it remembers nothing itself.
    const refused = await post(env, ada('four'), from)
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await left(ground, 'four@four.example')).toEqual([])
    expect((await post(env, ada('four'))).status).toBe(200)
  })

  test('cannot fill somebody’s mailbox from many networks', async ({ ground }) => {
    const statuses = []
    for (let knock = 0; knock < 6; knock++) statuses.push((await post(ground.env, ada('victim'))).status)
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429])
  })

  test('leaves no address of anybody in the limits', async ({ ground }) => {
    const { rows } = await ground.db.query('select subject from private.rate_limits')
    for (const { subject } of rows) expect(subject).toMatch(/^[0-9a-f]{64}$/)
  })

  test('gets no 500 for what she sends', async ({ ground }) => {
    for (const [body, status] of [
      ['', 400],
      ['{', 400],
      ['null', 422],
      ['[]', 422],
      ['"ada"', 422],
      ['{"email":{"$ne":null}}', 422],
      [JSON.stringify(ada('eve', { email: `${'x'.repeat(300)}@eve.example` })), 422],
      [JSON.stringify(ada('eve', { email: 'eve@[127.0.0.1]' })), 422],
      [JSON.stringify(ada('eve', { email: 'eve@localhost' })), 422],
      [JSON.stringify(ada('eve', { email: '"eve@x"@eve2.example' })), 422],
      [JSON.stringify(ada('eve', { first_name: '\u202Egnp.exe' })), 422],
      [JSON.stringify(ada('eve', { password: 'ش'.repeat(40) })), 422],
      [JSON.stringify(ada('eve', { last_name: 'x'.repeat(2_000_000) })), 413],
    ] as const) {
      expect((await post(ground.env, body)).status, body.slice(0, 80)).toBe(status)
    }
  })
})
