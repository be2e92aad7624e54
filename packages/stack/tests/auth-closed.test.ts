import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestStack } from '../testing/stack.ts'
import { clientOf, stranger } from './people.ts'
import { startWithoutRules } from './without-rules.ts'

/* Ways in that a project can close. */

const secret = 'Long-enough-9'

describe('where nobody new is let in', () => {
  let stack: TestStack
  beforeAll(async () => {
    stack = await startWithoutRules({ enable_signup: false, enable_anonymous_sign_ins: true })
  })
  afterAll(() => stack?.stop())

  test('each way of signing up says so, and an admin still makes people', async () => {
    const { auth } = clientOf(stack, stack.keys.publishable)
    const { email } = stranger('ada')
    const closed = {
      status: 422,
      code: 'signup_disabled',
      message: 'Signups not allowed for this instance',
    }
    expect((await auth.signUp({ email, password: secret })).error).toMatchObject(closed)
    expect((await auth.signInWithOtp({ email })).error).toMatchObject(closed)
    expect((await auth.signInAnonymously()).error).toMatchObject(closed)
    const { admin } = clientOf(stack, stack.keys.secret).auth
    const made = await admin.createUser({ email, password: secret, email_confirm: true })
    expect(made.error).toBeNull()
    expect((await auth.signInWithPassword({ email, password: secret })).error).toBeNull()
    expect((await auth.signInWithOtp({ email })).error).toBeNull()
  })
})

describe('where nobody comes in by e-mail', () => {
  let stack: TestStack
  beforeAll(async () => {
    const absent = { external: { github: { enabled: true } }, sms: { enable_signup: true } }
    stack = await startWithoutRules({ email: { enable_signup: false }, ...absent })
  })
  afterAll(() => stack?.stop())

  test('what is switched on and not here is said at the start', async () => {
    const log = await readFile(join(stack.config.dir, 'logs/gateway.log'), 'utf8')
    expect(log).toContain('config.toml switches on auth.external.github, which is not here')
    expect(log).toContain('config.toml switches on auth.sms, which is not here')
    expect(log).not.toContain('auth.captcha')
  })

  test('each way says so', async () => {
    const { auth } = clientOf(stack, stack.keys.publishable)
    const { email } = stranger('ada')
    const off = (status: number, message: string) => ({ status, code: 'email_provider_disabled', message })
    expect((await auth.signUp({ email, password: secret })).error).toMatchObject(
      off(400, 'Email signups are disabled'),
    )
    expect((await auth.signInWithOtp({ email })).error).toMatchObject(off(422, 'Email logins are disabled'))
    expect((await auth.resetPasswordForEmail(email)).error).toMatchObject(
      off(400, 'Email logins are disabled'),
    )
    expect((await auth.resend({ type: 'signup', email })).error).toMatchObject(
      off(400, 'Email logins are disabled'),
    )
    expect((await auth.signInWithPassword({ email, password: secret })).error).toMatchObject(
      off(422, 'Email logins are disabled'),
    )
  })
})
