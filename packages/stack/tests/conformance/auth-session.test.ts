import { describe, expect, it } from 'vitest'
import { ask, post, sessionOf } from './auth-world.ts'
import { admin, freshEmail, metadata, password, person, visitor } from './world.ts'

describe('auth.signInWithPassword', () => {
  it('gives a session and whose it is', async () => {
    const ada = await person('Ada')
    const session = await sessionOf(ada.client)
    expect(session).toMatchObject({ token_type: 'bearer', expires_in: expect.any(Number) })
    expect(session.expires_at).toBeGreaterThan(Date.now() / 1000)
    expect(session.refresh_token).toMatch(/^[a-z0-9]{12}$/)
    expect(session.user).toMatchObject({
      id: ada.id,
      aud: 'authenticated',
      role: 'authenticated',
      email: ada.email,
    })
    expect(session.user.last_sign_in_at).toBeTypeOf('string')
    expect(session.user.identities).toHaveLength(1)
  })

  it('does not mind in which case the address is written', async () => {
    const ada = await person('Ada')
    const { error } = await visitor().auth.signInWithPassword({ email: ada.email.toUpperCase(), password })
    expect(error).toBeNull()
  })

  it('refuses a wrong password and an unknown address alike', async () => {
    const ada = await person('Ada')
    const wrong = await visitor().auth.signInWithPassword({ email: ada.email, password: 'not the password' })
    const unknown = await visitor().auth.signInWithPassword({ email: freshEmail('nobody'), password })
    for (const { error } of [wrong, unknown]) {
      expect(error).toMatchObject({
        status: 400,
        code: 'invalid_credentials',
        message: 'Invalid login credentials',
      })
    }
  })

  it('refuses an address that is not proven', async () => {
    const email = freshEmail('ada')
    await admin.auth.admin.createUser({ email, password, user_metadata: metadata('Ada') })
    const { error } = await visitor().auth.signInWithPassword({ email, password })
    expect(error).toMatchObject({ status: 400, code: 'email_not_confirmed', message: 'Email not confirmed' })
  })

  it('refuses who is banned', async () => {
    const eve = await person('Eve')
    await admin.auth.admin.updateUserById(eve.id, { ban_duration: '1h' })
    const { error } = await visitor().auth.signInWithPassword({ email: eve.email, password })
    expect(error).toMatchObject({ status: 400, code: 'user_banned', message: 'User is banned' })
  })

  it('refuses a telephone number, for there is no provider of such', async () => {
    const { error } = await visitor().auth.signInWithPassword({ phone: '+15550100', password })
    expect(error).toMatchObject({ code: 'phone_provider_disabled', message: 'Phone logins are disabled' })
  })

  it('says what a request lacks', async () => {
    const empty = await post('/token?grant_type=password', {})
    expect(empty).toMatchObject({
      status: 400,
      body: { code: 400, error_code: 'validation_failed', msg: 'missing email or phone' },
    })
    const both = await post('/token?grant_type=password', { email: 'a@b.example', phone: '1', password })
    expect(both.body.error_code).toBe('validation_failed')
    const garbled = await ask('/token?grant_type=password', { method: 'POST', body: '{' })
    expect(garbled).toMatchObject({ status: 400, body: { error_code: 'bad_json' } })
    const grant = await post('/token?grant_type=wish', {})
    expect(grant).toMatchObject({
      status: 400,
      body: { error_code: 'invalid_credentials', msg: 'unsupported_grant_type' },
    })
  })

  it('says errors in the shape of the version that the client names', async () => {
    const { status, body } = await post(
      '/token?grant_type=password',
      {},
      { 'x-supabase-api-version': '2024-01-01' },
    )
    expect(status).toBe(400)
    expect(body).toEqual({ code: 'validation_failed', message: 'missing email or phone' })
  })

  it('tells that no better password is needed', async () => {
    const ada = await person('Ada')
    const { body } = await post('/token?grant_type=password', { email: ada.email, password })
    expect(body).toHaveProperty('weak_password', null)
  })
})

describe('auth.getSession', () => {
  it('has the session of who signed in, and none of who did not', async () => {
    const ada = await person('Ada')
    expect((await ada.client.auth.getSession()).data.session?.user.id).toBe(ada.id)
    expect((await visitor().auth.getSession()).data.session).toBeNull()
  })
})

describe('auth.setSession', () => {
  it('goes on elsewhere with the tokens of a session', async () => {
    const ada = await person('Ada')
    const { access_token, refresh_token } = await sessionOf(ada.client)
    const there = visitor()
    const { data, error } = await there.auth.setSession({ access_token, refresh_token })
    expect(error).toBeNull()
    expect(data.user?.id).toBe(ada.id)
    expect((await there.auth.getUser()).data.user?.email).toBe(ada.email)
  })

  it('refuses tokens that are none', async () => {
    const { error } = await visitor().auth.setSession({ access_token: 'a.b.c', refresh_token: 'abc' })
    expect(error).not.toBeNull()
  })
})

describe('auth.signOut', () => {
  it('ends every session of the person, unless told otherwise', async () => {
    const here = await person('Ada')
    const there = visitor()
    await there.auth.signInWithPassword({ email: here.email, password })
    expect((await here.client.auth.signOut()).error).toBeNull()
    expect((await there.auth.getUser()).error?.name).toBe('AuthSessionMissingError')
    expect((await there.auth.refreshSession()).error?.name).toBe('AuthSessionMissingError')
  })

  it('ends this session alone', async () => {
    const here = await person('Ada')
    const there = visitor()
    await there.auth.signInWithPassword({ email: here.email, password })
    await here.client.auth.signOut({ scope: 'local' })
    expect((await here.client.auth.getSession()).data.session).toBeNull()
    expect(await ask('/user', { headers: { authorization: `Bearer ${here.token}` } })).toMatchObject({
      status: 403,
      body: {
        error_code: 'session_not_found',
        msg: 'Session from session_id claim in JWT does not exist',
      },
    })
    expect((await there.auth.getUser()).error).toBeNull()
  })

  it('ends the others alone', async () => {
    const here = await person('Ada')
    const there = visitor()
    await there.auth.signInWithPassword({ email: here.email, password })
    await here.client.auth.signOut({ scope: 'others' })
    expect((await here.client.auth.getUser()).error).toBeNull()
    expect((await here.client.auth.getSession()).data.session).not.toBeNull()
    expect((await there.auth.getUser()).error?.name).toBe('AuthSessionMissingError')
  })

  it('answers with nothing, and refuses a scope that is none', async () => {
    const { token } = await person('Ada')
    const bearer = { authorization: `Bearer ${token}` }
    const strange = await post('/logout?scope=everywhere', {}, bearer)
    expect(strange).toMatchObject({
      status: 400,
      body: { error_code: 'validation_failed', msg: 'Unsupported logout scope "everywhere"' },
    })
    expect((await ask('/logout', { method: 'POST', headers: bearer })).status).toBe(204)
    expect((await ask('/logout', { method: 'POST', headers: bearer })).status).toBe(403)
  })
})

describe('auth.admin.signOut', () => {
  it('ends sessions by the token of one of them, as far as the scope says', async () => {
    const here = await person('Ada')
    const there = visitor()
    await there.auth.signInWithPassword({ email: here.email, password })
    expect((await admin.auth.admin.signOut(here.token, 'others')).error).toBeNull()
    expect((await there.auth.getUser()).error?.name).toBe('AuthSessionMissingError')
    expect((await here.client.auth.getUser()).error).toBeNull()
    expect((await admin.auth.admin.signOut(here.token, 'local')).error).toBeNull()
    expect((await here.client.auth.getUser()).error?.name).toBe('AuthSessionMissingError')
  })

  it('ends them all', async () => {
    const here = await person('Ada')
    const there = visitor()
    await there.auth.signInWithPassword({ email: here.email, password })
    expect((await admin.auth.admin.signOut(here.token)).error).toBeNull()
    expect((await there.auth.getUser()).error?.name).toBe('AuthSessionMissingError')
  })
})
