import { describe, expect, it } from 'vitest'
import { post, sessionOf } from './auth-world.ts'
import { person, sql } from './world.ts'

/*
 * Second factors that this project has turned off: hosted refuses them in these words.
 */

const someone = async () =>
  (await person('Ada', { auth: { experimental: { recoveryCodes: true, passkey: true } } })).client

describe('auth.mfa.webauthn.enroll', () => {
  it('off: refused as where keys are', async () => {
    const { error } = await (await someone()).auth.mfa.webauthn.enroll({ friendlyName: 'key' })
    expect(error).toMatchObject({
      status: 422,
      code: 'mfa_webauthn_enroll_not_enabled',
      message: 'MFA enroll is disabled for WebAuthn',
    })
  })
})

/** Somebody with a key from when keys were on. */
async function withKey() {
  const client = await someone()
  const { user, access_token } = await sessionOf(client)
  const [row] = await sql<{ id: string }>(
    `insert into auth.mfa_factors (id, user_id, friendly_name, factor_type, status, created_at, updated_at)
     values (gen_random_uuid(), $1, 'key', 'webauthn', 'verified', now(), now()) returning id`,
    [user.id],
  )
  return { client, factorId: row?.id ?? '', bearer: { authorization: `Bearer ${access_token}` } }
}

describe('auth.mfa.webauthn.challenge', () => {
  it('off: refused as where keys are', async () => {
    const { client, factorId } = await withKey()
    const { error } = await client.auth.mfa.webauthn.challenge({
      factorId,
      webauthn: { rpId: 'localhost', rpOrigins: ['http://localhost'] },
    })
    expect(error).toMatchObject({
      status: 422,
      code: 'mfa_webauthn_verify_not_enabled',
      message: 'MFA verification is disabled for WebAuthn',
    })
  })
})

describe('auth.mfa.webauthn.verify', () => {
  it('off: refused as where keys are', async () => {
    const { factorId, bearer } = await withKey()
    const { status, body } = await post(
      `/factors/${factorId}/verify`,
      { challenge_id: crypto.randomUUID(), webauthn: { type: 'request', credential_response: {} } },
      bearer,
    )
    expect([status, body.error_code, body.msg]).toEqual([
      422,
      'mfa_webauthn_enroll_not_enabled',
      'MFA verification is disabled for WebAuthn',
    ])
  })
})

describe('auth.mfa.webauthn.authenticate', () => {
  it('off: needs a browser that has keys', async () => {
    const { client, factorId } = await withKey()
    const webauthn = { rpId: 'localhost', rpOrigins: ['http://localhost'] }
    const { error } = await client.auth.mfa.webauthn.authenticate({ factorId, webauthn })
    expect(error).not.toBeNull()
  })
})

describe('auth.mfa.webauthn.register', () => {
  it('off: needs a browser that has keys', async () => {
    const webauthn = { rpId: 'localhost', rpOrigins: ['http://localhost'] }
    const { error } = await (await someone()).auth.mfa.webauthn.register({ friendlyName: 'key', webauthn })
    expect(error).not.toBeNull()
  })
})

describe('auth.mfa.recoveryCodes.getStatus', () => {
  it('off: finds none', async () => {
    const { error } = await (await someone()).auth.mfa.recoveryCodes.getStatus()
    expect(error).toMatchObject({ status: 404, code: 'mfa_factor_not_found' })
  })
})

describe('auth.mfa.recoveryCodes.generate', () => {
  it('off: refused as where codes on paper are', async () => {
    const { error } = await (await someone()).auth.mfa.recoveryCodes.generate()
    expect(error).toMatchObject({ status: 422, code: 'mfa_recovery_codes_enroll_not_enabled' })
  })
})

describe('auth.mfa.recoveryCodes.regenerate', () => {
  it('off: refused as where codes on paper are', async () => {
    const { error } = await (await someone()).auth.mfa.recoveryCodes.regenerate()
    expect(error).toMatchObject({ status: 422, code: 'mfa_recovery_codes_enroll_not_enabled' })
  })
})

describe('auth.mfa.recoveryCodes.verify', () => {
  it('off: refused as where codes on paper are', async () => {
    const { error } = await (await someone()).auth.mfa.recoveryCodes.verify({ code: 'abcd-efgh' })
    expect(error).toMatchObject({ status: 422, code: 'mfa_recovery_codes_verify_not_enabled' })
  })
})

describe('auth.mfa.recoveryCodes.unenroll', () => {
  it('off: finds none', async () => {
    const { error } = await (await someone()).auth.mfa.recoveryCodes.unenroll()
    expect(error).toMatchObject({ status: 404, code: 'mfa_factor_not_found' })
  })
})
