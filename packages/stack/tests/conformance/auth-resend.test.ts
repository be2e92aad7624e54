import { describe, expect, it } from 'vitest'
import { hashIn, mailTo, post, someTimeAgo } from './auth-world.ts'
import { freshEmail, metadata, password, person, visitor } from './world.ts'

const options = { data: metadata('Ada') }

describe('auth.resend', () => {
  it('sends the link of a signup again, and the first one no longer works', async () => {
    const email = freshEmail('ada')
    await visitor().auth.signUp({ email, password, options })
    const first = hashIn(await mailTo(email))
    await someTimeAgo(email)
    expect((await visitor().auth.resend({ type: 'signup', email })).error).toBeNull()
    const second = hashIn(await mailTo(email, 2))
    const late = await visitor().auth.verifyOtp({ token_hash: first, type: 'signup' })
    expect(late.error?.code).toBe('otp_expired')
    const opened = await visitor().auth.verifyOtp({ token_hash: second, type: 'signup' })
    expect(opened.data.user?.email).toBe(email)
  })

  it('wants a moment between two mails', async () => {
    const email = freshEmail('ada')
    await visitor().auth.signUp({ email, password, options })
    const { error } = await visitor().auth.resend({ type: 'signup', email })
    expect(error).toMatchObject({
      status: 429,
      code: 'over_email_send_rate_limit',
      message: expect.stringMatching(
        /^For security purposes, you can only request this after \d+ seconds\.$/,
      ),
    })
  })

  it('answers an address that none is due to as any other', async () => {
    const ada = await person('Ada')
    for (const email of [ada.email, freshEmail('nobody')]) {
      for (const type of ['signup', 'email_change'] as const) {
        expect(await visitor().auth.resend({ type, email })).toEqual({
          data: { user: null, session: null },
          error: null,
        })
      }
    }
  })

  it('sends the links of a changed address again', async () => {
    const ada = await person('Ada')
    const email = freshEmail('ada')
    await ada.client.auth.updateUser({ email })
    await someTimeAgo(ada.email)
    expect((await visitor().auth.resend({ type: 'email_change', email: ada.email })).error).toBeNull()
    expect(hashIn(await mailTo(email, 2))).toMatch(/^[0-9a-f]{56}$/)
  })

  it('says what it misses', async () => {
    const email = freshEmail('ada')
    const refusals: [object, string][] = [
      [{ email }, 'Missing one of these types: signup, email_change, sms, phone_change'],
      [{ email, type: 'recovery' }, 'Missing one of these types: signup, email_change, sms, phone_change'],
      [{ type: 'signup' }, 'Type provided requires an email address'],
      [{ type: 'sms' }, 'Type provided requires a phone number'],
      [{ type: 'email_change' }, 'Missing email address or phone number'],
    ]
    for (const [body, msg] of refusals) {
      const answer = { code: 400, error_code: 'validation_failed', msg }
      expect(await post('/resend', body)).toEqual({ status: 400, body: answer })
    }
    const { error } = await visitor().auth.resend({ type: 'sms', phone: '+4915112345678' })
    expect(error).toMatchObject({ status: 400, code: 'phone_provider_disabled' })
  })
})
