import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { ask, sessionOf } from './auth-world.ts'
import { admin, person, target, visitor } from './world.ts'

const words = (text: string) => text.split(/\s+/)

describe('auth.getClaims', () => {
  it('reads what the token says, and checks its signature with the published keys', async () => {
    const ada = await person('Ada')
    const { data, error } = await ada.client.auth.getClaims()
    expect(error).toBeNull()
    expect(data?.header).toMatchObject({ alg: 'ES256', typ: 'JWT', kid: expect.any(String) })
    expect(data?.claims).toMatchObject({ sub: ada.id, email: ada.email, role: 'authenticated', aal: 'aal1' })
    expect(data?.signature.length).toBeGreaterThan(0)
  })

  it('has all claims that hosted has, and no other', async () => {
    const ada = await person('Ada')
    const session = await sessionOf(ada.client)
    const claims = decodeJwt(ada.token)
    expect(Object.keys(claims).toSorted()).toEqual(
      words(`iss sub aud exp iat email phone app_metadata user_metadata role
        aal amr session_id is_anonymous`).toSorted(),
    )
    expect(claims).toMatchObject({
      iss: `${target.api}/auth/v1`,
      aud: 'authenticated',
      phone: '',
      is_anonymous: false,
      app_metadata: { provider: 'email', providers: ['email'] },
      user_metadata: session.user.user_metadata,
    })
    expect(claims.amr).toEqual([{ method: 'password', timestamp: expect.any(Number) }])
    expect(claims.exp).toBe(session.expires_at)
    expect(Number(claims.exp) - Number(claims.iat)).toBe(session.expires_in)
    expect(claims.session_id).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('refuses a token that somebody bent', async () => {
    const { client, token } = await person('Eve')
    const [header, payload, signature] = token.split('.')
    const bent = btoa(JSON.stringify({ ...decodeJwt(token), role: 'service_role' }))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replaceAll('=', '')
    expect((await client.auth.getClaims(token)).error).toBeNull()
    const { error } = await client.auth.getClaims(`${header}.${bent}.${signature}`)
    expect(error).toMatchObject({ code: 'invalid_jwt' })
    expect(payload).not.toBe(bent)
  })

  it('is refused for nobody', async () => {
    const { data, error } = await visitor().auth.getClaims()
    expect([data, error]).toEqual([null, null])
  })
})

describe('auth.getUser', () => {
  it('answers as the database has it now, not as the token says', async () => {
    const ada = await person('Ada')
    await admin.auth.admin.updateUserById(ada.id, { app_metadata: { plan: 'big' } })
    const { data, error } = await ada.client.auth.getUser()
    expect(error).toBeNull()
    expect(data.user?.app_metadata).toMatchObject({ plan: 'big', provider: 'email' })
  })

  it('has every key that hosted has', async () => {
    const ada = await person('Ada')
    const { data } = await ada.client.auth.getUser()
    expect(Object.keys(data.user ?? {})).toEqual(
      expect.arrayContaining(
        words(`id aud role email email_confirmed_at phone confirmed_at last_sign_in_at
          app_metadata user_metadata identities created_at updated_at is_anonymous`),
      ),
    )
    expect(data.user?.identities?.[0]).toMatchObject({
      identity_id: expect.any(String),
      id: ada.id,
      user_id: ada.id,
      provider: 'email',
      email: ada.email,
      identity_data: { sub: ada.id, email: ada.email },
    })
  })

  it('refuses a token that holds no longer, and says why', async () => {
    const ada = await person('Ada')
    for (const [token, word] of [
      ['rubbish', 'token contains an invalid number of segments'],
      [`${ada.token.slice(0, -12)}AAAAAAAAAAAA`, 'token signature is invalid'],
    ]) {
      const { error } = await visitor().auth.getUser(token)
      expect(error).toMatchObject({ status: 403, code: 'bad_jwt' })
      expect(error?.message).toContain(`invalid JWT: unable to parse or verify signature, `)
      expect(error?.message).toContain(word)
    }
  })

  it('refuses the publishable key, which is nobody', async () => {
    const { status, body } = await ask('/user', {
      headers: { authorization: `Bearer ${target.publishableKey}` },
    })
    expect([status, body]).toEqual([
      403,
      { code: 403, error_code: 'bad_jwt', msg: 'invalid claim: missing sub claim' },
    ])
  })

  it('refuses somebody who is gone', async () => {
    const eve = await person('Eve')
    await admin.auth.admin.deleteUser(eve.id)
    expect((await visitor().auth.getUser(eve.token)).error).toMatchObject({
      status: 403,
      code: 'user_not_found',
      message: 'User from sub claim in JWT does not exist',
    })
  })

  it('refuses somebody who is banned', async () => {
    const eve = await person('Eve')
    await admin.auth.admin.updateUserById(eve.id, { ban_duration: '1h' })
    expect((await eve.client.auth.getUser()).error).toMatchObject({ status: 403, code: 'user_banned' })
    await admin.auth.admin.updateUserById(eve.id, { ban_duration: 'none' })
    expect((await eve.client.auth.getUser()).error).toBeNull()
  })
})

describe('auth.getClaims', () => {
  it('finds the keys where every library looks for them', async () => {
    const ada = await person('Ada')
    const url = new URL(`${target.api}/auth/v1/.well-known/jwks.json`)
    const response = await fetch(url)
    expect(response.headers.get('cache-control')).toBe('public, max-age=600')
    const { keys } = await response.json()
    expect(keys[0]).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig', key_ops: ['verify'] })
    for (const key of keys) expect(Object.keys(key)).not.toContain('d')
    expect(keys.map(({ kid }: { kid: string }) => kid)).toContain(decodeProtectedHeader(ada.token).kid)
    const { payload } = await jwtVerify(ada.token, createRemoteJWKSet(url), { audience: 'authenticated' })
    expect(payload.sub).toBe(ada.id)
  })

  it('finds where they are through the description of the issuer', async () => {
    const { body } = await ask('/.well-known/openid-configuration')
    expect(body).toMatchObject({
      issuer: `${target.api}/auth/v1`,
      jwks_uri: `${target.api}/auth/v1/.well-known/jwks.json`,
      code_challenge_methods_supported: ['S256', 'plain'],
    })
  })
})
