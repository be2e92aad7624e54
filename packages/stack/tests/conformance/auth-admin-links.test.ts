import { describe, expect, it } from 'vitest'
import { hashIn, mailTo, post } from './auth-world.ts'
import { admin, freshEmail, metadata, password, person, sql, target, visitor } from './world.ts'

const people = admin.auth.admin
const secret = { apikey: target.secretKey }

describe('auth.admin.inviteUserByEmail', () => {
  it('makes an account and sends the link that opens it', async () => {
    const email = freshEmail('ada')
    const { data, error } = await people.inviteUserByEmail(email, { data: metadata('Ada') })
    expect(error).toBeNull()
    expect(data.user).toMatchObject({
      email,
      role: 'authenticated',
      invited_at: expect.any(String),
      confirmation_sent_at: expect.any(String),
      user_metadata: { first_name: 'Ada' },
      identities: [{ provider: 'email', email }],
    })
    const guest = visitor()
    const token_hash = hashIn(await mailTo(email))
    const opened = await guest.auth.verifyOtp({ token_hash, type: 'invite' })
    expect(opened.data.user).toMatchObject({ email, email_confirmed_at: expect.any(String) })
    expect((await guest.auth.updateUser({ password })).error).toBeNull()
    expect((await visitor().auth.signInWithPassword({ email, password })).error).toBeNull()
  })

  it('invites again who never came, and nobody who is here', async () => {
    const email = freshEmail('ada')
    await people.inviteUserByEmail(email, { data: metadata('Ada') })
    expect((await people.inviteUserByEmail(email)).error).toBeNull()
    const late = await visitor().auth.verifyOtp({ token_hash: hashIn(await mailTo(email)), type: 'invite' })
    expect(late.error?.code).toBe('otp_expired')
    const [ada] = [await person('Ada')]
    expect((await people.inviteUserByEmail(ada.email)).error).toMatchObject({
      status: 422,
      code: 'email_exists',
      message: 'A user with this email address has already been registered',
    })
  })

  it('is for the secret key alone, and for an address', async () => {
    const { error } = await visitor().auth.admin.inviteUserByEmail(freshEmail('eve'))
    expect(error).toMatchObject({ status: 403, code: 'not_admin' })
    expect((await people.inviteUserByEmail('')).error).toMatchObject({
      status: 400,
      code: 'validation_failed',
      message: 'An email address is required',
    })
  })
})

describe('auth.admin.generateLink', () => {
  const linkOf = (link: string) => Object.fromEntries(new URL(link).searchParams)

  it('signs up: by link, hash or code', async () => {
    const email = freshEmail('ada')
    const options = { data: metadata('Ada') }
    const { data, error } = await people.generateLink({ type: 'signup', email, password, options })
    expect(error).toBeNull()
    if (!data.properties) throw new Error('There is no link.')
    const { action_link, email_otp, hashed_token, redirect_to, verification_type } = data.properties
    expect(data.user).toMatchObject({ email, confirmation_sent_at: expect.any(String) })
    expect(data.user).not.toHaveProperty('action_link')
    expect(email_otp).toMatch(/^\d{6}$/)
    expect(hashed_token).toMatch(/^[0-9a-f]{56}$/)
    expect(verification_type).toBe('signup')
    expect(action_link.startsWith(`${target.api}/auth/v1/verify?token=`)).toBe(true)
    expect(linkOf(action_link)).toEqual({ token: hashed_token, type: 'signup', redirect_to })
    const verified = await visitor().auth.verifyOtp({ email, token: email_otp, type: 'signup' })
    expect(verified.data.user?.email).toBe(email)
    expect((await visitor().auth.signInWithPassword({ email, password })).error).toBeNull()
    const again = await people.generateLink({ type: 'signup', email, password })
    expect(again.error).toMatchObject({ status: 422, code: 'email_exists' })
  })

  it('invites', async () => {
    const email = freshEmail('ada')
    const { data } = await people.generateLink({ type: 'invite', email, options: { data: metadata('Ada') } })
    expect(data.user).toMatchObject({ email, invited_at: expect.any(String) })
    const token_hash = data.properties?.hashed_token ?? ''
    const { data: opened } = await visitor().auth.verifyOtp({ token_hash, type: 'invite' })
    expect(opened.session?.user.email).toBe(email)
  })

  it('signs in and recovers', async () => {
    const ada = await person('Ada')
    for (const type of ['magiclink', 'recovery'] as const) {
      const { data } = await people.generateLink({ type, email: ada.email })
      expect(data.user).toMatchObject({ id: ada.id, recovery_sent_at: expect.any(String) })
      expect(data.properties?.verification_type).toBe(type)
      const token_hash = data.properties?.hashed_token ?? ''
      const { data: opened } = await visitor().auth.verifyOtp({ token_hash, type })
      expect(opened.session?.user.id).toBe(ada.id)
    }
  })

  it('signs up who wants to sign in and is not here', async () => {
    const email = freshEmail('ada')
    const options = { data: metadata('Ada') }
    const { data } = await people.generateLink({ type: 'magiclink', email, options })
    expect(data.properties?.verification_type).toBe('signup')
    expect(data.user?.email).toBe(email)
  })

  it('changes an address when both have agreed', async () => {
    const ada = await person('Ada')
    const newEmail = freshEmail('ada')
    const links = [] as URL[]
    for (const type of ['email_change_current', 'email_change_new'] as const) {
      const { data } = await people.generateLink({ type, email: ada.email, newEmail })
      expect(data.user).toMatchObject({ new_email: newEmail, email_change_sent_at: expect.any(String) })
      expect(data.properties?.verification_type).toBe(type)
      links.push(new URL(data.properties?.action_link ?? ''))
    }
    for (const link of links) {
      expect(link.searchParams.get('type')).toBe('email_change')
      await fetch(link, { redirect: 'manual' })
    }
    expect((await people.getUserById(ada.id)).data.user?.email).toBe(newEmail)
  })

  it('leads where it may, and to the site otherwise', async () => {
    const ada = await person('Ada')
    const redirectOf = async (redirectTo: string) => {
      const options = { redirectTo }
      const { data } = await people.generateLink({ type: 'magiclink', email: ada.email, options })
      return data.properties?.redirect_to
    }
    const site = await redirectOf('https://evil.example/steal')
    expect(site).not.toContain('evil.example')
    expect(await redirectOf(`${site}`)).toBe(site)
  })

  it('refuses who is not here, and what it cannot make', async () => {
    const email = freshEmail('nobody')
    const none = await people.generateLink({ type: 'recovery', email })
    expect(none.error).toMatchObject({
      status: 404,
      code: 'user_not_found',
      message: 'User with this email not found',
    })
    expect(await post('/admin/generate_link', { type: 'sms', email }, secret)).toMatchObject({
      status: 400,
      body: { error_code: 'validation_failed', msg: 'Invalid email action link type requested: sms' },
    })
    const weak = await people.generateLink({ type: 'signup', email, password: 'x' })
    expect(weak.error?.code).toBe('weak_password')
    const [ada, bob] = [await person('Ada'), await person('Bob')]
    const taken = await people.generateLink({
      type: 'email_change_new',
      email: ada.email,
      newEmail: bob.email,
    })
    expect(taken.error).toMatchObject({ status: 422, code: 'email_exists' })
  })

  it('keeps the hash of a link where hosted keeps it', async () => {
    const ada = await person('Ada')
    const { data } = await people.generateLink({ type: 'recovery', email: ada.email })
    const rows = await sql(
      `select token_type::text, token_hash, relates_to, recovery_token
       from auth.one_time_tokens join auth.users on users.id = user_id where user_id = $1`,
      [ada.id],
    )
    const hash = data.properties?.hashed_token
    expect(rows).toEqual([
      { token_type: 'recovery_token', token_hash: hash, relates_to: ada.email, recovery_token: hash },
    ])
  })
})
