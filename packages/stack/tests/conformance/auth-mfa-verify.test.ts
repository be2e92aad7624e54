import { describe, expect, it } from 'vitest'
import { post, told } from './auth-world.ts'
import { careful, claimsOf, codeOf, enroll } from './factor-world.ts'
import { password, person, sql, visitor } from './world.ts'

describe('auth.mfa.verify', () => {
  it('raises the session, and the refreshed one stays so', async () => {
    const { client } = await person('Ada')
    const before = await claimsOf(client)
    const factor = await enroll(client)
    const challenge = await client.auth.mfa.challenge({ factorId: factor.id })
    const { data, error } = await client.auth.mfa.verify({
      factorId: factor.id,
      challengeId: challenge.data?.id ?? '',
      code: codeOf(factor),
    })
    expect(error).toBeNull()
    expect(data?.user.factors).toMatchObject([{ id: factor.id, status: 'verified', factor_type: 'totp' }])
    const after = await claimsOf(client)
    expect(after).toMatchObject({ aal: 'aal2', session_id: before.session_id })
    const methods = (claims: typeof after) =>
      (claims.amr as { method: string }[]).map(({ method }) => method).toSorted()
    expect(methods(after)).toEqual(['password', 'totp'])
    await client.auth.refreshSession()
    const refreshed = await claimsOf(client)
    expect([refreshed.aal, methods(refreshed)]).toEqual(['aal2', ['password', 'totp']])
  })

  it('takes a code of the half minute before, and none that is older', async () => {
    const { client } = await person('Ada')
    const factor = await enroll(client)
    const old = codeOf(factor, { later: -120_000 })
    const refused = await client.auth.mfa.challengeAndVerify({ factorId: factor.id, code: old })
    expect(refused.error).toMatchObject({
      status: 422,
      code: 'mfa_verification_failed',
      message: 'Invalid TOTP code entered',
    })
    const last = codeOf(factor, { later: -29_000 })
    expect((await client.auth.mfa.challengeAndVerify({ factorId: factor.id, code: last })).error).toBeNull()
  })

  it('answers a challenge once', async () => {
    const { client } = await person('Ada')
    const factor = await enroll(client)
    const challenge = await client.auth.mfa.challenge({ factorId: factor.id })
    const answer = { factorId: factor.id, challengeId: challenge.data?.id ?? '', code: codeOf(factor) }
    expect((await client.auth.mfa.verify(answer)).error).toBeNull()
    expect((await client.auth.mfa.verify(answer)).error).toMatchObject({
      status: 422,
      code: 'mfa_ip_address_mismatch',
    })
  })

  it('answers it once also where the same answer comes twice at the same moment', async () => {
    const { client, token } = await person('Ada')
    const factor = await enroll(client)
    const challenge = await client.auth.mfa.challenge({ factorId: factor.id })
    const answer = { challenge_id: challenge.data?.id, code: codeOf(factor) }
    const bearer = { authorization: `Bearer ${token}` }
    const both = await Promise.all([1, 2].map(() => post(`/factors/${factor.id}/verify`, answer, bearer)))
    expect(both.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 422])
  })

  it('refuses a challenge that is too old, or of another factor', async () => {
    const { client } = await person('Ada')
    const factor = await enroll(client)
    const challenge = await client.auth.mfa.challenge({ factorId: factor.id })
    const challengeId = challenge.data?.id ?? ''
    await sql(`update auth.mfa_challenges set created_at = now() - interval '6 minutes' where id = $1`, [
      challengeId,
    ])
    const late = await client.auth.mfa.verify({ factorId: factor.id, challengeId, code: codeOf(factor) })
    expect(late.error).toMatchObject({ status: 422, code: 'mfa_challenge_expired' })
    const other = await client.auth.mfa.verify({
      factorId: factor.id,
      challengeId: '00000000-0000-4000-8000-000000000000',
      code: codeOf(factor),
    })
    expect(other.error).toMatchObject({
      status: 422,
      code: 'mfa_factor_not_found',
      message: 'MFA factor with the provided challenge ID not found',
    })
  })

  it('ends the sessions that were not raised', async () => {
    const ada = await person('Ada')
    const elsewhere = visitor()
    await elsewhere.auth.signInWithPassword({ email: ada.email, password })
    const factor = await enroll(ada.client)
    await ada.client.auth.mfa.challengeAndVerify({ factorId: factor.id, code: codeOf(factor) })
    expect((await elsewhere.auth.getUser()).error?.name).toBe('AuthSessionMissingError')
    expect((await ada.client.auth.getUser()).error).toBeNull()
  })

  it('forgets the other factors that were not verified', async () => {
    const { client } = await person('Ada')
    await enroll(client, 'first')
    const second = await enroll(client, 'second')
    await client.auth.mfa.challengeAndVerify({ factorId: second.id, code: codeOf(second) })
    const { data } = await client.auth.mfa.listFactors()
    expect(data?.all.map(({ friendly_name }) => friendly_name)).toEqual(['second'])
  })

  it('says what a request lacks', async () => {
    const { client, token } = await person('Ada')
    const factor = await enroll(client)
    const challenge = await client.auth.mfa.challenge({ factorId: factor.id })
    const bearer = { authorization: `Bearer ${token}` }
    const empty = await post(
      `/factors/${factor.id}/verify`,
      { challenge_id: challenge.data?.id, code: '' },
      bearer,
    )
    expect(empty.body).toMatchObject({ error_code: 'validation_failed', msg: 'Code needs to be non-empty' })
    const garbled = await post(
      `/factors/${factor.id}/verify`,
      { challenge_id: 'mine', code: '123456' },
      bearer,
    )
    expect([garbled.status, garbled.body.error_code]).toEqual([400, 'bad_json'])
  })
})

describe('auth.onAuthStateChange MFA_CHALLENGE_VERIFIED', () => {
  it('comes when the code was right', async () => {
    const { client } = await person('Ada')
    const factor = await enroll(client)
    const events = await told(client, () =>
      client.auth.mfa.challengeAndVerify({ factorId: factor.id, code: codeOf(factor) }),
    )
    expect(events).toContain('MFA_CHALLENGE_VERIFIED')
  })
})

describe('auth.mfa.challengeAndVerify', () => {
  it('asks and answers in one', async () => {
    const { client } = await careful('Ada')
    expect((await claimsOf(client)).aal).toBe('aal2')
  })
})
