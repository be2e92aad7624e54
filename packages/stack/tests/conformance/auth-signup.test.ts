import { describe, expect, it } from 'vitest'
import { post, someTimeAgo } from './auth-world.ts'
import { admin, freshEmail, metadata, password, person, visitor } from './world.ts'

const options = { data: metadata('Ada') }
const people = admin.auth.admin

describe('auth.signUp', () => {
  it('makes an account that waits for its address to be proven', async () => {
    const email = freshEmail('ada')
    const { data, error } = await visitor().auth.signUp({ email, password, options })
    expect(error).toBeNull()
    expect(data.session).toBeNull()
    expect(data.user).toMatchObject({
      email,
      aud: 'authenticated',
      role: 'authenticated',
      phone: '',
      confirmation_sent_at: expect.any(String),
      app_metadata: { provider: 'email', providers: ['email'] },
      user_metadata: { first_name: 'Ada', email, email_verified: false, sub: data.user?.id },
      identities: [{ provider: 'email', identity_data: { first_name: 'Ada', email_verified: false } }],
      is_anonymous: false,
    })
    expect(data.user).not.toHaveProperty('email_confirmed_at')
    const { error: early } = await visitor().auth.signInWithPassword({ email, password })
    expect(early).toMatchObject({ status: 400, code: 'email_not_confirmed' })
  })

  it('keeps an address in one way, whatever way it is written', async () => {
    const email = freshEmail('ada')
    const { data } = await visitor().auth.signUp({ email: email.toUpperCase(), password, options })
    expect(data.user?.email).toBe(email)
  })

  it('tells nobody that an address has an account', async () => {
    const ada = await person('Ada')
    const { data, error } = await visitor().auth.signUp({
      email: ada.email,
      password: 'another one',
      options,
    })
    expect(error).toBeNull()
    expect(data.session).toBeNull()
    expect(data.user).toMatchObject({ email: ada.email, role: '', identities: [] })
    expect(data.user?.id).not.toBe(ada.id)
    const { error: old } = await visitor().auth.signInWithPassword({ email: ada.email, password })
    expect(old).toBeNull()
  })

  it('tells who signs up for an invited address nothing of who invited', async () => {
    const email = freshEmail('ada')
    await people.inviteUserByEmail(email, options)
    await someTimeAgo(email)
    const { data } = await visitor().auth.signUp({ email, password, options })
    expect(data.user).toMatchObject({ user_metadata: {}, identities: [], invited_at: expect.any(String) })
  })

  it('refuses a password that is too short or too long', async () => {
    const signUp = (secret: string) =>
      visitor().auth.signUp({ email: freshEmail('ada'), password: secret, options })
    expect((await signUp('short')).error).toMatchObject({
      name: 'AuthWeakPasswordError',
      status: 422,
      code: 'weak_password',
      reasons: ['length'],
      message: expect.stringMatching(/^Password should be at least \d+ characters\.$/),
    })
    expect((await signUp('x'.repeat(73))).error).toMatchObject({
      status: 400,
      code: 'validation_failed',
      message: 'Password cannot be longer than 72 characters',
    })
    expect((await signUp('')).error).toMatchObject({ message: 'Signup requires a valid password' })
  })

  it('refuses what is no address', async () => {
    const longest = `${'a'.repeat(250)}@x.example`
    const refusals = {
      nobody: 'Unable to validate email address: invalid format',
      'a@b@c.example': 'Unable to validate email address: invalid format',
      [longest]: 'An email address is too long',
    }
    for (const [email, message] of Object.entries(refusals)) {
      const { error } = await visitor().auth.signUp({ email, password, options })
      expect(error).toMatchObject({ status: 400, code: 'validation_failed', message })
    }
  })

  it('does not sign up by telephone', async () => {
    const { error } = await visitor().auth.signUp({ phone: '+4915112345678', password })
    expect(error).toMatchObject({
      status: 400,
      code: 'phone_provider_disabled',
      message: 'Phone signups are disabled',
    })
    const email = freshEmail('ada')
    expect(await post('/signup', { email, phone: '+4915112345678', password })).toMatchObject({
      status: 400,
      body: { msg: 'Only an email address or phone number should be provided on signup.' },
    })
  })

  it('says what of a body cannot be read', async () => {
    for (const body of [[], 'text', { email: 7 }, { email: 'a@b.example', data: [] }]) {
      expect(await post('/signup', body)).toMatchObject({
        status: 400,
        body: {
          code: 400,
          error_code: 'bad_json',
          msg: expect.stringContaining('Could not parse request body as JSON'),
        },
      })
    }
  })

  it('wants both halves of a code challenge, and a whole one', async () => {
    const signUp = (challenge: object) =>
      post('/signup', { email: freshEmail('ada'), password, data: metadata('Ada'), ...challenge })
    expect(await signUp({ code_challenge: 'x'.repeat(43) })).toMatchObject({
      status: 400,
      body: { msg: 'PKCE flow requires code_challenge_method and code_challenge' },
    })
    expect(await signUp({ code_challenge: 'short', code_challenge_method: 's256' })).toMatchObject({
      status: 400,
      body: { msg: 'code challenge has to be between 43 and 128 characters' },
    })
  })
})

describe('auth.signInAnonymously', () => {
  it('is off in this project', async () => {
    const { error } = await visitor().auth.signInAnonymously()
    expect(error).toMatchObject({
      status: 422,
      code: 'anonymous_provider_disabled',
      message: 'Anonymous sign-ins are disabled',
    })
  })
})
