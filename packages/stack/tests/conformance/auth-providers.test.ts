import { describe, expect, it } from 'vitest'
import { ask, post } from './auth-world.ts'
import { target, visitor } from './world.ts'

/* Ways to sign in that this project does not use: each is refused, and says why. */

const off = (message: string) => ({ status: 400, code: 'validation_failed', message })

describe('auth.signInWithOAuth', () => {
  it('names the address of Auth that would lead on', async () => {
    const { data } = await visitor().auth.signInWithOAuth({
      provider: 'github',
      options: { skipBrowserRedirect: true },
    })
    expect(data.url).toContain(`${target.api}/auth/v1/authorize?provider=github`)
    const response = await fetch(data.url ?? '', { redirect: 'manual' })
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({
      code: 400,
      error_code: 'validation_failed',
      msg: 'Unsupported provider: provider is not enabled',
    })
  })

  it('off: listed as such, with whatever else a sign-in form needs to know', async () => {
    const { status, body } = await ask('/settings')
    expect(status).toBe(200)
    expect(body).toMatchObject({
      external: { email: true, phone: false, google: false, anonymous_users: false },
      disable_signup: false,
      mailer_autoconfirm: false,
      phone_autoconfirm: false,
      saml_enabled: false,
    })
  })

  it('knows no provider of another name', async () => {
    expect(await ask('/authorize?provider=nobody')).toMatchObject({
      status: 400,
      body: { msg: 'Unsupported provider: Provider nobody could not be found' },
    })
  })

  it('sends who comes back from nowhere to the site', async () => {
    for (const [state, code] of [
      ['', 'bad_oauth_callback'],
      ['nonsense', 'bad_oauth_state'],
      [crypto.randomUUID(), 'bad_oauth_state'],
    ]) {
      const response = await fetch(`${target.api}/auth/v1/callback?state=${state}`, { redirect: 'manual' })
      expect(response.status).toBe(303)
      const { searchParams } = new URL(response.headers.get('location') ?? '')
      expect(Object.fromEntries(searchParams)).toMatchObject({ error: 'invalid_request', error_code: code })
    }
  })
})

describe('auth.signInWithIdToken', () => {
  it('off: takes no token of a provider that is', async () => {
    const { error } = await visitor().auth.signInWithIdToken({ provider: 'google', token: 'x.y.z' })
    expect(error).toMatchObject({
      status: 400,
      code: 'provider_disabled',
      message: 'Provider (issuer "https://accounts.google.com") is not enabled',
    })
    const apple = await visitor().auth.signInWithIdToken({ provider: 'apple', token: 'x.y.z' })
    expect(apple.error).toMatchObject(off('Unable to detect issuer in ID token for Apple provider'))
    const custom = await visitor().auth.signInWithIdToken({ provider: 'nobody', token: 'x.y.z' })
    expect(custom.error).toMatchObject(off('Custom OIDC provider "nobody" not allowed'))
  })

  it('wants a token', async () => {
    expect(await post('/token?grant_type=id_token', { provider: 'google' })).toEqual({
      status: 400,
      body: { error: 'invalid request', error_description: 'id_token required' },
    })
  })
})

describe('auth.signInWithSSO', () => {
  it('off: answered as where it is off', async () => {
    const { error } = await visitor().auth.signInWithSSO({ domain: 'works.example' })
    expect(error).toMatchObject({
      status: 404,
      code: 'saml_provider_disabled',
      message: 'SAML 2.0 is disabled',
    })
  })
})

describe('auth.signInWithWeb3', () => {
  it('off: answered as where it is off', async () => {
    const { error } = await visitor().auth.signInWithWeb3({
      chain: 'solana',
      message: `example.com wants you to sign in with your Solana account:\n${'x'.repeat(44)}`,
      signature: new Uint8Array(64),
    })
    expect(error).toMatchObject({
      status: 422,
      code: 'web3_provider_disabled',
      message: 'Web3 provider is disabled',
    })
  })
})
