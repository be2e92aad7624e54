import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { ask, hashIn, mailTo, post, someTimeAgo } from './auth-world.ts'
import { admin, freshEmail, metadata, password, person, sql, target, visitor } from './world.ts'

/** Where a browser ends that follows a link of a mail. */
async function follow(link: string) {
  const response = await fetch(link, { redirect: 'manual' })
  const location = response.headers.get('location') ?? ''
  const [address = '', hash = ''] = location.split('#')
  const query = Object.fromEntries(new URL(address).searchParams)
  return { status: response.status, address, query, hash: Object.fromEntries(new URLSearchParams(hash)) }
}

const linkOf = (hash: string, type: string) => `${target.api}/auth/v1/verify?token=${hash}&type=${type}`

async function actionLink(email: string, type: 'magiclink' | 'recovery') {
  const { data } = await admin.auth.admin.generateLink({ type, email })
  return data.properties?.action_link ?? ''
}

describe('auth.verifyOtp', () => {
  it('is done by following a link, too, which leads to the site with a session', async () => {
    const ada = await person('Ada')
    const { status, hash } = await follow(await actionLink(ada.email, 'recovery'))
    expect(status).toBe(303)
    expect(hash).toEqual({
      access_token: expect.any(String),
      expires_at: expect.stringMatching(/^\d+$/),
      expires_in: '3600',
      refresh_token: expect.any(String),
      sb: '',
      token_type: 'bearer',
      type: 'recovery',
    })
    const { data } = await visitor().auth.getUser(hash.access_token)
    expect(data.user?.id).toBe(ada.id)
  })

  it('is not done by only looking at a link, as mail scanners do', async () => {
    const ada = await person('Ada')
    const link = await actionLink(ada.email, 'magiclink')
    await fetch(link, { method: 'HEAD', redirect: 'manual' })
    expect((await follow(link)).hash).toMatchObject({ type: 'magiclink' })
  })

  it('leads to the site with what went wrong', async () => {
    const ada = await person('Ada')
    const link = await actionLink(ada.email, 'magiclink')
    await follow(link)
    expect(await follow(link)).toMatchObject({
      status: 303,
      query: {},
      hash: {
        error: 'access_denied',
        error_code: 'otp_expired',
        error_description: 'Email link is invalid or has expired',
        sb: '',
      },
    })
    const lost = await follow(`${target.api}/auth/v1/verify?token=pkce_${'0'.repeat(56)}&type=signup`)
    expect(lost.query).toEqual({
      error: 'access_denied',
      error_code: 'otp_expired',
      error_description: 'Email link is invalid or has expired',
    })
  })

  it('never leads to a page that is not of this project', async () => {
    const ada = await person('Ada')
    const link = await actionLink(ada.email, 'magiclink')
    const { address: site } = await follow(linkOf('0', 'signup'))
    for (const evil of [
      'https://evil.example/',
      '//evil.example',
      `${site}@evil.example`,
      `${new URL(site).origin}.evil.example`,
      'javascript:alert(1)',
      'https://2130706433/',
    ]) {
      const url = new URL(link)
      url.searchParams.set('token', '0')
      url.searchParams.set('redirect_to', evil)
      expect((await follow(url.href)).address).toBe(site)
    }
    const page = await fetch(linkOf('0', 'signup'), {
      redirect: 'manual',
      headers: { referer: 'https://evil.example/' },
    })
    expect(page.headers.get('location')).not.toContain('evil.example')
  })

  it('says without leading anywhere what a link lacks', async () => {
    for (const [query, msg] of [
      ['token=0', 'Verify requires a verification type'],
      ['type=signup', 'Verify requires a token or a token hash'],
    ]) {
      const response = await fetch(`${target.api}/auth/v1/verify?${query}`, { redirect: 'manual' })
      expect(response.status).toBe(400)
      expect(await response.json()).toEqual({ code: 400, error_code: 'validation_failed', msg })
    }
  })

  it('asks for the other link of a changed address', async () => {
    const ada = await person('Ada')
    const email = freshEmail('ada')
    await ada.client.auth.updateUser({ email })
    const { hash } = await follow(linkOf(hashIn(await mailTo(email)), 'email_change'))
    expect(hash).toEqual({
      message: 'Confirmation link accepted. Please proceed to confirm link sent to the other email',
      sb: '',
    })
    const whole = await follow(linkOf(hashIn(await mailTo(ada.email)), 'email_change'))
    expect(whole.hash).toMatchObject({ access_token: expect.any(String), type: 'email_change' })
  })
})

describe('auth.exchangeCodeForSession', () => {
  const verifier = () => randomBytes(40).toString('hex')
  const challengeOf = (secret: string) => ({
    code_challenge: createHash('sha256').update(secret).digest('base64url'),
    code_challenge_method: 's256',
  })
  const exchange = (auth_code: string | undefined, code_verifier: string) =>
    post('/token?grant_type=pkce', { auth_code, code_verifier })

  it('gives the session that a link led to with a code', async () => {
    const email = freshEmail('ada')
    const secrets = { signup: verifier(), recovery: verifier(), magiclink: verifier() }
    await post('/signup', { email, password, data: metadata('Ada'), ...challengeOf(secrets.signup) })
    const first = hashIn(await mailTo(email))
    expect(first).toMatch(/^pkce_[0-9a-f]{56}$/)
    const signup = await follow(linkOf(first, 'signup'))
    expect(signup.hash).toEqual({})
    const { status, body } = await exchange(signup.query.code, secrets.signup)
    expect(status).toBe(200)
    expect(body).toMatchObject({ user: { email }, refresh_token: expect.any(String) })

    await post('/recover', { email, ...challengeOf(secrets.recovery) })
    const recovery = await follow(linkOf(hashIn(await mailTo(email, 2)), 'recovery'))
    expect((await exchange(recovery.query.code, secrets.magiclink)).body.error_code).toBe('bad_code_verifier')
    expect((await exchange(recovery.query.code, secrets.recovery)).status).toBe(200)

    await someTimeAgo(email)
    expect((await post('/otp', { email, ...challengeOf(secrets.magiclink) })).status).toBe(200)
    const magic = await follow(linkOf(hashIn(await mailTo(email, 3)), 'magiclink'))
    expect((await exchange(magic.query.code, secrets.magiclink)).status).toBe(200)
  })

  it('gives the session at the end of a change of address', async () => {
    const ada = await person('Ada')
    const email = freshEmail('ada')
    const secret = verifier()
    const changed = await ask('/user', {
      method: 'PUT',
      headers: { authorization: `Bearer ${ada.token}` },
      body: JSON.stringify({ email, ...challengeOf(secret) }),
    })
    expect(changed.body).toMatchObject({ new_email: email })
    const half = await follow(linkOf(hashIn(await mailTo(email)), 'email_change'))
    expect(half.query.message).toMatch(/^Confirmation link accepted\./)
    const whole = await follow(linkOf(hashIn(await mailTo(ada.email)), 'email_change'))
    expect((await exchange(whole.query.code, secret)).body).toMatchObject({ user: { email } })
  })

  it('finds no code for a link whose flow is gone', async () => {
    const ada = await person('Ada')
    await post('/recover', { email: ada.email, ...challengeOf(verifier()) })
    await sql('delete from auth.flow_state where user_id = $1', [ada.id])
    const { query } = await follow(linkOf(hashIn(await mailTo(ada.email)), 'recovery'))
    expect(query).toMatchObject({ error: 'invalid_request', error_code: 'flow_state_not_found' })
  })
})
