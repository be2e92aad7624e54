import { describe, expect } from 'vitest'
import { withAuthThatSays } from '../testing/auth-that-says.ts'
import { test } from '../testing/ground.ts'
import { keptLog } from '../testing/kept-log.ts'
import { ada, left, post } from '../testing/signing-up.ts'

keptLog()

describe('nothing is left half made', () => {
  test('when the mail cannot be sent', async ({ ground }) => {
    ground.mail.mood = { recipient: 451 }
    const answer = await post(ground.env, ada('nomail'))
    ground.mail.mood = {}
    expect(answer).toMatchObject({ status: 503, body: { code: 'mail_unavailable' } })
    expect(await left(ground, 'nomail@nomail.example')).toEqual([])
    expect((await post(ground.env, ada('nomail'))).status).toBe(200)
  })

  test('when the database refuses in the middle', async ({ ground }) => {
    await ground.db.query(
      `create function private.break() returns trigger language plpgsql as $$ begin raise 'broken'; end $$;
       create trigger a_break before insert on public.memberships for each row execute function private.break()`,
    )
    const answer = await post(ground.env, ada('broken'))
    await ground.db.query('drop trigger a_break on public.memberships')
    expect(answer).toMatchObject({ status: 503, body: { code: 'signup_unavailable' } })
    expect(answer.headers.get('retry-after')).toBe('30')
    expect(await left(ground, 'broken@broken.example')).toEqual([])
    const { rows } = await ground.db.query(`select from public.organizations where domain = 'broken.example'`)
    expect(rows).toEqual([])
  })

  test('when nothing answers', async ({ ground }) => {
    const env = { ...ground.env, url: 'http://127.0.0.1:9' }
    expect(await post(env, ada('nobody'))).toMatchObject({
      status: 503,
      body: { code: 'signup_unavailable' },
    })
    expect(await left(ground, 'nobody@nobody.example')).toEqual([])
  })
})

describe('what Auth refuses', () => {
  for (const [said, status, answer] of [
    [{ status: 422, code: 'weak_password' }, 422, { fields: { password: 'password_weak' } }],
    [{ status: 400, code: 'email_address_invalid' }, 422, { fields: { email: 'email_invalid' } }],
    [{ status: 429, code: 'over_email_send_rate_limit' }, 429, { code: 'rate_limited' }],
    [{ status: 400, code: 'email_address_not_authorized' }, 503, { code: 'mail_unavailable' }],
    [{ status: 422, code: 'signup_disabled' }, 503, { code: 'signup_unavailable' }],
    [{ status: 500, code: 'unexpected_failure' }, 503, { code: 'signup_unavailable' }],
  ] as const) {
    test(`${said.code} is answered ${status}`, async ({ ground }) => {
      const body = { code: said.code, message: 'No.' }
      const heard = await withAuthThatSays(ground.env, { status: said.status, body }, (env) =>
        post(env, ada(said.code.replaceAll('_', '-'))),
      )
      expect(heard).toMatchObject({ status, body: answer })
      if (status === 429) expect(heard.headers.get('retry-after')).toBe('60')
    })
  }
})
