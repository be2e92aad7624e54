import { describe, expect, it } from 'vitest'
import { hashIn, mailTo, post } from './auth-world.ts'
import { admin, freshEmail, person, sql, visitor } from './world.ts'

const people = admin.auth.admin

async function linkFor(email: string, type: 'magiclink' | 'recovery') {
  const { data, error } = await people.generateLink({ type, email })
  if (error) throw error
  return data.properties
}

describe('auth.verifyOtp', () => {
  it('takes the code of a mail with its address', async () => {
    const ada = await person('Ada')
    for (const [made, type] of [
      ['magiclink', 'email'],
      ['magiclink', 'magiclink'],
      ['recovery', 'recovery'],
    ] as const) {
      const { email_otp: token } = await linkFor(ada.email, made)
      const { data, error } = await visitor().auth.verifyOtp({ email: ada.email, token, type })
      expect(error).toBeNull()
      expect(data.session).toMatchObject({ token_type: 'bearer', expires_in: 3600, user: { id: ada.id } })
    }
  })

  it('takes each of them once, whoever comes first', async () => {
    const ada = await person('Ada')
    const { hashed_token: token_hash } = await linkFor(ada.email, 'magiclink')
    const tries = await Promise.all(
      [1, 2, 3, 4].map(() => visitor().auth.verifyOtp({ token_hash, type: 'magiclink' })),
    )
    expect(tries.filter(({ error }) => error === null)).toHaveLength(1)
    for (const { error } of tries.filter((one) => one.error)) {
      expect(error).toMatchObject({
        status: 403,
        code: 'otp_expired',
        message: 'Email link is invalid or has expired',
      })
    }
  })

  it('takes none for what it was not sent for, nor with another address', async () => {
    const [ada, bob] = [await person('Ada'), await person('Bob')]
    const { hashed_token: token_hash, email_otp: token } = await linkFor(ada.email, 'recovery')
    for (const type of ['signup', 'invite', 'email_change'] as const) {
      const { error } = await visitor().auth.verifyOtp({ token_hash, type })
      expect(error?.code).toBe('otp_expired')
    }
    const other = await visitor().auth.verifyOtp({ email: bob.email, token, type: 'recovery' })
    expect(other.error).toMatchObject({
      status: 403,
      code: 'otp_expired',
      message: 'Token has expired or is invalid',
    })
  })

  it('takes none after an hour', async () => {
    const ada = await person('Ada')
    const { hashed_token: token_hash, email_otp: token } = await linkFor(ada.email, 'recovery')
    await sql(`update auth.users set recovery_sent_at = now() - interval '61 minutes' where id = $1`, [
      ada.id,
    ])
    const link = await visitor().auth.verifyOtp({ token_hash, type: 'recovery' })
    expect(link.error).toMatchObject({ status: 403, code: 'otp_expired' })
    const code = await visitor().auth.verifyOtp({ email: ada.email, token, type: 'recovery' })
    expect(code.error).toMatchObject({ status: 403, code: 'otp_expired' })
  })

  it('lets nobody in who is kept out', async () => {
    const eve = await person('Eve')
    const { hashed_token: token_hash } = await linkFor(eve.email, 'magiclink')
    await people.updateUserById(eve.id, { ban_duration: '1h' })
    const { error } = await visitor().auth.verifyOtp({ token_hash, type: 'magiclink' })
    expect(error).toMatchObject({ status: 403, code: 'user_banned', message: 'User is banned' })
  })

  it('changes an address once both have agreed', async () => {
    const ada = await person('Ada')
    const email = freshEmail('ada')
    const { data } = await ada.client.auth.updateUser({ email })
    expect(data.user).toMatchObject({ email: ada.email, new_email: email })
    const [young, old] = [hashIn(await mailTo(email)), hashIn(await mailTo(ada.email))]
    const half = await post('/verify', { type: 'email_change', token_hash: young })
    expect(half).toEqual({
      status: 200,
      body: {
        code: '200',
        msg: 'Confirmation link accepted. Please proceed to confirm link sent to the other email',
      },
    })
    const whole = await visitor().auth.verifyOtp({ token_hash: old, type: 'email_change' })
    expect(whole.data.user).toMatchObject({ id: ada.id, email, identities: [{ email }] })
    expect(whole.data.user).not.toHaveProperty('new_email')
  })

  it('says what it misses', async () => {
    const refusals: [object, number, string][] = [
      [{ token_hash: 'x' }, 400, 'Verify requires a verification type'],
      [{ type: 'email' }, 400, 'Verify requires either a token or a token hash'],
      [{ type: 'email', token: '1', token_hash: 'x' }, 400, 'Verify requires either a token or a token hash'],
      [
        { type: 'email', token: '1' },
        400,
        'Only an email address or phone number should be provided on verify',
      ],
      [
        { type: 'email', token_hash: 'x', email: 'a@b.c' },
        400,
        'Only the token_hash and type should be provided',
      ],
      [{ type: 'email', token: '1', email: 'nobody' }, 422, 'Invalid email format'],
      [{ type: 'letter', token_hash: 'x' }, 400, 'Invalid email verification type'],
    ]
    for (const [body, status, msg] of refusals) {
      const answer = { code: status, error_code: 'validation_failed', msg }
      expect(await post('/verify', body)).toEqual({ status, body: answer })
    }
    const sms = await visitor().auth.verifyOtp({ phone: '+4915112345678', token: '123456', type: 'sms' })
    expect(sms.error).toMatchObject({ status: 403, code: 'otp_expired' })
  })
})
