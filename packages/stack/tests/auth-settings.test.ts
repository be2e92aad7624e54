import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mailTo, tokenIn } from '../testing/mailbox.ts'
import type { TestStack } from '../testing/stack.ts'
import { clientOf, stranger } from './people.ts'
import { startWithoutRules } from './without-rules.ts'

/* Auth under other settings than this project's. */

const own = { content_path: '', subject: '' }
const secret = 'Long-enough-9'

describe('where addresses need no proof', () => {
  let stack: TestStack
  beforeAll(async () => {
    const auth = {
      enable_anonymous_sign_ins: true,
      minimum_password_length: 8,
      password_requirements: 'lower_upper_letters_digits_symbols',
      email: {
        enable_confirmations: false,
        template: { recovery: own, magic_link: own },
        notification: {
          password_changed: { enabled: true },
          email_changed: { enabled: true, subject: 'Moved', content_path: '' },
        },
      },
    }
    stack = await startWithoutRules(auth)
  })
  afterAll(() => stack?.stop())
  const visitor = () => clientOf(stack, stack.keys.publishable)
  const admin = () => clientOf(stack, stack.keys.secret).auth.admin

  test('signing up signs in, and a second time is refused', async () => {
    const { email } = stranger('ada')
    const { data, error } = await visitor().auth.signUp({ email, password: secret })
    expect(error).toBeNull()
    expect(data.session?.user).toMatchObject({
      email,
      email_confirmed_at: expect.any(String),
      last_sign_in_at: expect.any(String),
      user_metadata: { email_verified: true },
    })
    expect((await visitor().auth.signInWithPassword({ email, password: secret })).error).toBeNull()
    const again = await visitor().auth.signUp({ email, password: secret })
    expect(again.error).toMatchObject({ status: 422, code: 'user_already_exists' })
  })

  test('a password has to be of every kind', async () => {
    const { email } = stranger('ada')
    const { error } = await visitor().auth.signUp({ email, password: 'simple' })
    expect(error).toMatchObject({
      status: 422,
      code: 'weak_password',
      reasons: ['length', 'characters'],
      message: expect.stringMatching(
        /^Password should be at least 8 characters\. Password should contain at least one character of each: abc.*z, ABC.*Z, 0123456789, !@#.*~\.$/,
      ),
    })
    for (const weak of ['no-capitals-9', 'NO-SMALL-ONES-9', 'No-digits-at-all', 'NoSymbols99']) {
      expect((await visitor().auth.signUp({ email, password: weak })).error).toMatchObject({
        reasons: ['characters'],
      })
    }
  })

  test('somebody comes in without a name, and gets one later', async () => {
    const guest = visitor()
    const { data } = await guest.auth.signInAnonymously({ options: { data: { colour: 'red' } } })
    expect(data.user).toMatchObject({
      is_anonymous: true,
      email: '',
      identities: [],
      app_metadata: {},
      user_metadata: { colour: 'red' },
    })
    const [, claims = ''] = data.session?.access_token.split('.') ?? []
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
      is_anonymous: true,
      role: 'authenticated',
      amr: [{ method: 'anonymous' }],
    })
    const { email } = stranger('ada')
    const named = await admin().updateUserById(data.user?.id ?? '', {
      email,
      email_confirm: true,
      password: secret,
    })
    expect(named.data.user).toMatchObject({ is_anonymous: false, email, identities: [{ provider: 'email' }] })
    const { data: back } = await visitor().auth.signInWithPassword({ email, password: secret })
    expect(back.user?.id).toBe(data.user?.id)
  })

  test('a link signs in who was not here, in the words that Auth has where nobody gave it others', async () => {
    const { email } = stranger('ada')
    const page = visitor()
    expect((await page.auth.signInWithOtp({ email })).error).toBeNull()
    const mail = await mailTo(stack.urls.mail, email)
    expect(mail.Subject).toBe('Your link to sign in')
    expect(mail.HTML).toContain(`href="${stack.urls.api}/auth/v1/verify?token=`)
    const code = /<p>(\d{6})<\/p>/.exec(mail.HTML)?.[1] ?? ''
    const { data } = await page.auth.verifyOtp({ email, token: code, type: 'email' })
    expect(data.user?.email).toBe(email)
  })

  test('whoever changes a password or an address is told, at the address they had', async () => {
    const { email } = stranger('ada')
    const page = visitor()
    await page.auth.signUp({ email, password: secret })
    expect(
      (await page.auth.updateUser({ password: `${secret}-new`, current_password: secret })).error,
    ).toBeNull()
    expect((await mailTo(stack.urls.mail, email)).Subject).toBe('Your password was changed')
    const { email: other } = stranger('ada')
    expect((await page.auth.updateUser({ email: other })).error).toBeNull()
    const token_hash = tokenIn(await mailTo(stack.urls.mail, other))
    const moved = await visitor().auth.verifyOtp({ token_hash, type: 'email_change' })
    expect(moved.data.user?.email).toBe(other)
    const told = await mailTo(stack.urls.mail, email, 3)
    expect(told.Subject).toBe('Moved')
    expect(told.HTML).toContain(`from ${email} to ${other}`)
  })

  test('what was done is written down, for an admin to read', async () => {
    const headers = { apikey: stack.keys.secret }
    const ask = (query: string) => fetch(`${stack.urls.api}/auth/v1/admin/audit?${query}`, { headers })
    const { data } = await admin().createUser({ email: stranger('ada').email })
    const response = await ask('query=action:user_signedup&per_page=1')
    expect(response.headers.get('x-total-count')).toMatch(/^[1-9]/)
    expect(await response.json()).toEqual([
      {
        id: expect.any(String),
        payload: {
          action: 'user_signedup',
          actor_id: '00000000-0000-0000-0000-000000000000',
          actor_username: 'service_role',
          actor_via_sso: false,
          log_type: 'team',
          traits: { user_id: data.user?.id, user_email: data.user?.email, user_phone: '', provider: 'email' },
        },
        created_at: expect.any(String),
        ip_address: '',
      },
    ])
    expect((await ask('query=colour:red')).status).toBe(400)
    expect((await ask('query=constructor:red')).status).toBe(400)
  })

  test('what Auth does not have is not there', async () => {
    const ask = async (path: string, method = 'GET') => {
      const headers = { apikey: stack.keys.publishable }
      return (await fetch(`${stack.urls.api}/auth/v1${path}`, { method, headers })).status
    }
    expect([await ask('/nowhere'), await ask('/admin/nowhere')]).toEqual([404, 403])
    expect([await ask('/signup'), await ask('/verify', 'PUT')]).toEqual([405, 405])
    expect([await ask('/health'), await ask('/settings/')]).toEqual([200, 200])
  })

  test('/settings says so', async () => {
    const headers = { apikey: stack.keys.publishable }
    const answer = await (await fetch(`${stack.urls.api}/auth/v1/settings`, { headers })).json()
    expect(answer).toMatchObject({ mailer_autoconfirm: true, external: { anonymous_users: true } })
  })
})
