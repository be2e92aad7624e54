import { describe, expect, it } from 'vitest'
import { ask, codeIn, hashIn, mailTo } from './auth-world.ts'
import { freshEmail, password, person, sql, visitor } from './world.ts'

const another = 'another long password'

describe('auth.updateUser', () => {
  it('adds to what is known of somebody, and takes away what is null', async () => {
    const { client } = await person('Ada')
    const first = await client.auth.updateUser({ data: { first_name: 'Adaline', nickname: 'Ada' } })
    expect(first.error).toBeNull()
    expect(first.data.user?.user_metadata).toMatchObject({ first_name: 'Adaline', last_name: 'Test' })
    const { data } = await client.auth.updateUser({ data: { locale: null } })
    expect(data.user?.user_metadata).toMatchObject({ first_name: 'Adaline' })
    expect(data.user?.user_metadata).not.toHaveProperty('locale')
  })

  it('keeps from people what only an admin may say of them', async () => {
    const { token } = await person('Eve')
    const answer = await ask('/user', {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ app_metadata: { role: 'admin' } }),
    })
    expect(answer).toMatchObject({
      status: 403,
      body: { error_code: 'not_admin', msg: 'Updating app_metadata requires admin privileges' },
    })
  })

  it('changes the password, and ends the other sessions', async () => {
    const here = await person('Ada')
    const there = visitor()
    await there.auth.signInWithPassword({ email: here.email, password })
    expect(
      (await here.client.auth.updateUser({ password: another, current_password: password })).error,
    ).toBeNull()
    expect((await here.client.auth.getUser()).error).toBeNull()
    expect((await there.auth.getUser()).error?.name).toBe('AuthSessionMissingError')
    const old = await visitor().auth.signInWithPassword({ email: here.email, password })
    expect(old.error?.code).toBe('invalid_credentials')
    const signedIn = await visitor().auth.signInWithPassword({ email: here.email, password: another })
    expect(signedIn.error).toBeNull()
  })

  it('differs: a new telephone number is refused with 422 where no provider can reach it, not with 500', async () => {
    const { client } = await person('Ada')
    expect((await client.auth.updateUser({ phone: '+966500000000' })).error).toMatchObject({
      status: 422,
      code: 'phone_provider_disabled',
    })
  })

  it('refuses the password that somebody has already', async () => {
    const { client } = await person('Ada')
    expect((await client.auth.updateUser({ password, current_password: password })).error).toMatchObject({
      status: 422,
      code: 'same_password',
      message: 'New password should be different from the old password.',
    })
  })

  it('refuses a weak password and says in what it is', async () => {
    const { client } = await person('Ada')
    const { error } = await client.auth.updateUser({ password: 'a' })
    expect(error).toMatchObject({ name: 'AuthWeakPasswordError', status: 422, reasons: ['length'] })
  })

  it('refuses a password that is longer than can be kept', async () => {
    const { client } = await person('Ada')
    expect((await client.auth.updateUser({ password: 'ä'.repeat(40) })).error).toMatchObject({
      code: 'validation_failed',
      message: 'Password cannot be longer than 72 characters',
    })
  })

  it('changes the address once both the old and the new one agree', async () => {
    const ada = await person('Ada')
    const email = freshEmail('ada')
    const { data, error } = await ada.client.auth.updateUser({ email })
    expect(error).toBeNull()
    expect(data.user).toMatchObject({ email: ada.email, new_email: email })
    expect(data.user?.email_change_sent_at).toBeTypeOf('string')
    const confirm = async (address: string) =>
      visitor().auth.verifyOtp({ token_hash: hashIn(await mailTo(address)), type: 'email_change' })
    const first = await confirm(email)
    expect(first.error).toBeNull()
    expect(first.data.session).toBeNull()
    expect((await ada.client.auth.getUser()).data.user?.email).toBe(ada.email)
    const second = await confirm(ada.email)
    expect([second.error, second.data.user?.email]).toEqual([null, email])
    const { data: after } = await ada.client.auth.getUser()
    expect(after.user).not.toHaveProperty('new_email')
    expect(after.user?.identities?.[0]?.identity_data).toMatchObject({ email, email_verified: true })
  })

  it('refuses an address that somebody else has, and what is none', async () => {
    const [ada, eve] = [await person('Ada'), await person('Eve')]
    expect((await eve.client.auth.updateUser({ email: ada.email })).error).toMatchObject({
      status: 422,
      code: 'email_exists',
      message: 'A user with this email address has already been registered',
    })
    expect((await eve.client.auth.updateUser({ email: 'nowhere' })).error).toMatchObject({
      status: 400,
      code: 'validation_failed',
      message: 'Unable to validate email address: invalid format',
    })
  })

  it('says when nobody is signed in', async () => {
    expect((await visitor().auth.updateUser({ data: {} })).error?.name).toBe('AuthSessionMissingError')
  })

  it('asks for the second factor before a password or address changes', async () => {
    const eve = await person('Eve')
    await sql(
      `insert into auth.mfa_factors (id, user_id, factor_type, status, created_at, updated_at)
       values (gen_random_uuid(), $1, 'totp', 'verified', now(), now())`,
      [eve.id],
    )
    expect((await eve.client.auth.updateUser({ password: another })).error).toMatchObject({
      status: 401,
      code: 'insufficient_aal',
      message: 'AAL2 session is required to update email or password when MFA is enabled.',
    })
    expect((await eve.client.auth.updateUser({ data: { first_name: 'Eva' } })).error).toBeNull()
  })

  it('leaves nothing of what it refuses', async () => {
    const ada = await person('Ada')
    const { error } = await ada.client.auth.updateUser({ email: 'nowhere', data: { first_name: 'Other' } })
    expect(error).not.toBeNull()
    expect((await ada.client.auth.getUser()).data.user?.user_metadata.first_name).toBe('Ada')
  })
})

describe('auth.reauthenticate', () => {
  it('sends a code to who is signed in', async () => {
    const ada = await person('Ada')
    expect((await ada.client.auth.reauthenticate()).error).toBeNull()
    expect(codeIn(await mailTo(ada.email))).toMatch(/^\d{6}$/)
    const { data } = await ada.client.auth.getUser()
    expect(data.user).toHaveProperty('reauthentication_sent_at')
  })

  it('is refused to nobody', async () => {
    expect((await visitor().auth.reauthenticate()).error?.name).toBe('AuthSessionMissingError')
  })
})

describe('auth.getUserIdentities', () => {
  it('names the ways that somebody signs in', async () => {
    const ada = await person('Ada')
    const { data, error } = await ada.client.auth.getUserIdentities()
    expect(error).toBeNull()
    expect(data?.identities).toMatchObject([{ provider: 'email', id: ada.id, user_id: ada.id }])
  })
})

describe('auth.linkIdentity', () => {
  it('is refused where people may not add ways to sign in', async () => {
    const { client } = await person('Ada')
    const { error } = await client.auth.linkIdentity({ provider: 'github' })
    expect(error).toMatchObject({
      status: 404,
      code: 'manual_linking_disabled',
      message: 'Manual linking is disabled',
    })
  })

  it('is refused by a token of a provider that is off', async () => {
    const { client } = await person('Ada')
    const { error } = await client.auth.linkIdentity({ provider: 'google', token: 'a.b.c' })
    expect(error?.status).toBe(400)
  })
})

describe('auth.unlinkIdentity', () => {
  it('is refused where people may not take ways to sign in away', async () => {
    const { client } = await person('Ada')
    const { data } = await client.auth.getUserIdentities()
    const [identity] = data?.identities ?? []
    if (!identity) throw new Error('Ada has no way to sign in.')
    expect((await client.auth.unlinkIdentity(identity)).error).toMatchObject({
      status: 404,
      code: 'manual_linking_disabled',
    })
  })
})
