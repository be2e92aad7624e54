import type { SupabaseClient } from '@supabase/supabase-js'
import { describe, expect, it } from 'vitest'
import { ask, post } from './auth-world.ts'
import { careful, claimsOf, codeOf, enroll } from './factor-world.ts'
import { admin, password, person, sql, visitor } from './world.ts'

describe('auth.mfa.enroll', () => {
  it('gives a secret, as text, as an address and as a picture', async () => {
    const { client, email } = await person('Ada')
    const { data, error } = await client.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'My phone' })
    expect(error).toBeNull()
    expect(data).toMatchObject({ id: expect.any(String), type: 'totp', friendly_name: 'My phone' })
    expect(data?.totp.secret).toMatch(/^[A-Z2-7]{32}$/)
    expect(data?.totp.qr_code).toMatch(
      /^data:image\/svg\+xml;utf-8,\s*(<\?xml[^>]*>\s*(<!--.*?-->\s*)?)?<svg/s,
    )
    const uri = new URL(data?.totp.uri ?? '')
    expect(decodeURIComponent(uri.pathname)).toContain(email)
    expect(Object.fromEntries(uri.searchParams)).toMatchObject({
      secret: data?.totp.secret,
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    })
  })

  it('names who asks for the code', async () => {
    const { client } = await person('Ada')
    const { data } = await client.auth.mfa.enroll({ factorType: 'totp', issuer: 'Works of Ada' })
    const uri = new URL(data?.totp.uri ?? '')
    expect(uri.searchParams.get('issuer')).toBe('Works of Ada')
    expect(data?.friendly_name ?? '').toBe('')
  })

  it('has room for long names', async () => {
    const { client } = await person('Ada')
    const long = 'ö'.repeat(120)
    const { error } = await client.auth.mfa.enroll({ factorType: 'totp', issuer: long, friendlyName: long })
    expect(error).toBeNull()
  })

  it('refuses a name that another factor of the person has', async () => {
    const { client } = await person('Ada')
    await enroll(client, 'phone')
    const { error } = await client.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'phone' })
    expect(error).toMatchObject({
      status: 422,
      code: 'mfa_factor_name_conflict',
      message: 'A factor with the friendly name "phone" for this user already exists',
    })
  })

  it('refuses more than ten', async () => {
    const { id, client } = await person('Ada')
    await sql(
      `insert into auth.mfa_factors (id, user_id, friendly_name, factor_type, status, created_at, updated_at)
       select gen_random_uuid(), $1, 'factor ' || n, 'totp', 'unverified', now(), now() from generate_series(1, 10) as n`,
      [id],
    )
    const { error } = await client.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'one more' })
    expect(error).toMatchObject({
      status: 422,
      code: 'too_many_enrolled_mfa_factors',
      message: 'Maximum number of verified factors reached, unenroll to continue',
    })
  })

  it('forgets factors that nobody went on with', async () => {
    const { id, client } = await person('Ada')
    await enroll(client)
    await sql(`update auth.mfa_factors set created_at = now() - interval '6 minutes' where user_id = $1`, [
      id,
    ])
    const second = await enroll(client)
    const { data } = await client.auth.mfa.listFactors()
    expect(data?.all.map((factor) => factor.id)).toEqual([second.id])
  })

  it('wants the first factor before a second is added', async () => {
    const ada = await careful('Ada')
    const elsewhere = visitor()
    await elsewhere.auth.signInWithPassword({ email: ada.email, password })
    const { error } = await elsewhere.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'other' })
    expect(error).toMatchObject({
      status: 403,
      code: 'insufficient_aal',
      message: 'AAL2 required to enroll a new factor',
    })
    expect((await enroll(ada.client, 'other')).type).toBe('totp')
  })

  it('refuses telephones, which are off', async () => {
    const { client } = await person('Ada')
    const { error } = await client.auth.mfa.enroll({ factorType: 'phone', phone: '+15550100' })
    expect(error).toMatchObject({
      status: 422,
      code: 'mfa_phone_enroll_not_enabled',
      message: 'MFA enroll is disabled for Phone',
    })
  })

  it('refuses what is no sort of factor, and nobody', async () => {
    const { token } = await person('Ada')
    const bearer = { authorization: `Bearer ${token}` }
    expect(await post('/factors', { factor_type: 'smell' }, bearer)).toMatchObject({
      status: 400,
      body: {
        error_code: 'validation_failed',
        msg: 'factor_type needs to be totp, phone, or webauthn',
      },
    })
    expect((await visitor().auth.mfa.enroll({ factorType: 'totp' })).error).not.toBeNull()
  })
})

describe('auth.mfa.challenge', () => {
  it('waits five minutes for the code', async () => {
    const { client } = await person('Ada')
    const factor = await enroll(client)
    const { data, error } = await client.auth.mfa.challenge({ factorId: factor.id })
    expect(error).toBeNull()
    expect(data).toMatchObject({ id: expect.any(String), type: 'totp' })
    const left = (data?.expires_at ?? 0) - Date.now() / 1000
    expect(left).toBeGreaterThan(280)
    expect(left).toBeLessThan(310)
  })

  it("refuses somebody else's factor, and one that is none", async () => {
    const [ada, eve] = [await person('Ada'), await person('Eve')]
    const factor = await enroll(ada.client)
    expect((await eve.client.auth.mfa.challenge({ factorId: factor.id })).error).toMatchObject({
      status: 404,
      code: 'mfa_factor_not_found',
      message: 'Factor not found',
    })
    const { status, body } = await post(
      '/factors/mine/challenge',
      {},
      { authorization: `Bearer ${eve.token}` },
    )
    expect([status, body.error_code, body.msg]).toEqual([
      404,
      'validation_failed',
      'factor_id must be an UUID',
    ])
  })
})

describe('auth.mfa.listFactors', () => {
  it('names the factors, those that are verified by their sort', async () => {
    const ada = await careful('Ada')
    const waiting = await enroll(ada.client, 'waiting')
    const { data, error } = await ada.client.auth.mfa.listFactors()
    expect(error).toBeNull()
    expect(data?.totp.map(({ id }) => id)).toEqual([ada.factor.id])
    expect(data?.all.map(({ id }) => id).toSorted()).toEqual([ada.factor.id, waiting.id].toSorted())
    expect(data?.phone).toEqual([])
    expect(Object.keys(data?.totp[0] ?? {})).not.toContain('secret')
  })
})

describe('auth.mfa.getAuthenticatorAssuranceLevel', () => {
  it('tells how sure the session is, and how sure it could be', async () => {
    const ada = await person('Ada')
    const level = async (client: SupabaseClient) =>
      (await client.auth.mfa.getAuthenticatorAssuranceLevel()).data
    expect(await level(ada.client)).toMatchObject({ currentLevel: 'aal1', nextLevel: 'aal1' })
    const factor = await enroll(ada.client)
    await ada.client.auth.mfa.challengeAndVerify({ factorId: factor.id, code: codeOf(factor) })
    expect(await level(ada.client)).toMatchObject({ currentLevel: 'aal2', nextLevel: 'aal2' })
    const elsewhere = visitor()
    await elsewhere.auth.signInWithPassword({ email: ada.email, password })
    expect(await level(elsewhere)).toMatchObject({ currentLevel: 'aal1', nextLevel: 'aal2' })
  })
})

describe('auth.mfa.unenroll', () => {
  it('takes a factor away, after which the session is worth what it was', async () => {
    const ada = await careful('Ada')
    const { data, error } = await ada.client.auth.mfa.unenroll({ factorId: ada.factor.id })
    expect([error, data]).toEqual([null, { id: ada.factor.id }])
    await ada.client.auth.refreshSession()
    expect(await claimsOf(ada.client)).toMatchObject({ aal: 'aal1', amr: [{ method: 'password' }] })
  })

  it('wants the factor itself before it goes', async () => {
    const ada = await careful('Ada')
    const elsewhere = visitor()
    await elsewhere.auth.signInWithPassword({ email: ada.email, password })
    expect((await elsewhere.auth.mfa.unenroll({ factorId: ada.factor.id })).error).toMatchObject({
      status: 422,
      code: 'insufficient_aal',
      message: 'AAL2 required to unenroll verified factor',
    })
  })

  it('lets one go that was never verified', async () => {
    const { client } = await person('Ada')
    const factor = await enroll(client)
    expect((await client.auth.mfa.unenroll({ factorId: factor.id })).error).toBeNull()
    expect((await client.auth.mfa.unenroll({ factorId: factor.id })).error?.code).toBe('mfa_factor_not_found')
  })
})

describe('auth.admin.mfa.listFactors', () => {
  it('shows the factors of anybody', async () => {
    const ada = await careful('Ada')
    const { data, error } = await admin.auth.admin.mfa.listFactors({ userId: ada.id })
    expect(error).toBeNull()
    expect(data?.factors).toMatchObject([{ id: ada.factor.id, factor_type: 'totp', status: 'verified' }])
    const bob = await person('Bob')
    expect((await admin.auth.admin.mfa.listFactors({ userId: bob.id })).data?.factors).toEqual([])
  })

  it('is for admins', async () => {
    const { status, body } = await ask(`/admin/users/${(await person('Ada')).id}/factors`, {
      headers: { authorization: `Bearer ${(await person('Eve')).token}` },
    })
    expect([status, body.error_code, body.msg]).toEqual([403, 'not_admin', 'User not allowed'])
  })
})

describe('auth.admin.mfa.deleteFactor', () => {
  it('helps somebody who lost theirs', async () => {
    const ada = await careful('Ada')
    const gone = await admin.auth.admin.mfa.deleteFactor({ userId: ada.id, id: ada.factor.id })
    expect(gone.error).toBeNull()
    expect(JSON.stringify(gone.data)).toContain(ada.factor.id)
    await ada.client.auth.refreshSession()
    expect((await claimsOf(ada.client)).aal).toBe('aal1')
    const again = await admin.auth.admin.mfa.deleteFactor({ userId: ada.id, id: ada.factor.id })
    expect(again.error).toMatchObject({ status: 404, code: 'mfa_factor_not_found' })
  })
})
