import { describe, expect, it } from 'vitest'
import { hashIn, mailTo, post, sessionOf, told } from './auth-world.ts'
import { admin, freshEmail, metadata, password, person, sql, visitor } from './world.ts'

const options = { data: metadata('Ada') }
const people = admin.auth.admin

async function linkFor(email: string, type: 'magiclink' | 'recovery') {
  const { data, error } = await people.generateLink({ type, email })
  if (error) throw error
  return data.properties
}

describe('auth.signInWithOtp', () => {
  it('sends who is here a link that signs in', async () => {
    const ada = await person('Ada')
    const page = visitor()
    const asked = await page.auth.signInWithOtp({ email: ada.email })
    expect(asked).toEqual({ data: { user: null, session: null }, error: null })
    const token_hash = hashIn(await mailTo(ada.email))
    const { data } = await page.auth.verifyOtp({ token_hash, type: 'magiclink' })
    expect(data.user?.id).toBe(ada.id)
    expect(await sessionOf(page)).toMatchObject({ user: { id: ada.id } })
  })

  it('makes an account for who is not, which waits for its address to be proven', async () => {
    const email = freshEmail('ada')
    expect((await visitor().auth.signInWithOtp({ email, options })).error).toBeNull()
    const [row] = await sql('select email_confirmed_at from auth.users where email = $1', [email])
    expect(row).toEqual({ email_confirmed_at: null })
    const token_hash = hashIn(await mailTo(email))
    const { data } = await visitor().auth.verifyOtp({ token_hash, type: 'email' })
    expect(data.user).toMatchObject({ email, email_confirmed_at: expect.any(String) })
  })

  it('makes none where it shall not', async () => {
    const email = freshEmail('nobody')
    const { error } = await visitor().auth.signInWithOtp({ email, options: { shouldCreateUser: false } })
    expect(error).toMatchObject({
      status: 422,
      code: 'otp_disabled',
      message: 'Signups not allowed for otp',
    })
    const ada = await person('Ada')
    const known = { email: ada.email, options: { shouldCreateUser: false } }
    expect((await visitor().auth.signInWithOtp(known)).error).toBeNull()
  })

  it('sends no messages to telephones', async () => {
    const { error } = await visitor().auth.signInWithOtp({ phone: '+4915112345678' })
    expect(error).toMatchObject({
      status: 400,
      code: 'phone_provider_disabled',
      message: 'Unsupported phone provider',
    })
    expect(await post('/otp', {})).toMatchObject({
      status: 400,
      body: { msg: 'One of email or phone must be set' },
    })
    expect(await post('/otp', { email: freshEmail('a'), phone: '1' })).toMatchObject({
      status: 400,
      body: { msg: 'Only an email address or phone number should be provided' },
    })
  })
})

describe('auth.resetPasswordForEmail', () => {
  it('sends a link by which a new password is chosen', async () => {
    const ada = await person('Ada')
    const page = visitor()
    expect(await page.auth.resetPasswordForEmail(ada.email)).toEqual({ data: {}, error: null })
    const token_hash = hashIn(await mailTo(ada.email))
    await page.auth.verifyOtp({ token_hash, type: 'recovery' })
    expect((await page.auth.updateUser({ password: 'quite another one' })).error).toBeNull()
    const old = await visitor().auth.signInWithPassword({ email: ada.email, password })
    expect(old.error?.code).toBe('invalid_credentials')
  })

  it('answers an address that nobody has as any other', async () => {
    const answer = await visitor().auth.resetPasswordForEmail(freshEmail('nobody'))
    expect(answer).toEqual({ data: {}, error: null })
  })

  it('wants a moment between two mails', async () => {
    const ada = await person('Ada')
    expect((await visitor().auth.resetPasswordForEmail(ada.email)).error).toBeNull()
    for (const again of [
      await visitor().auth.resetPasswordForEmail(ada.email),
      await visitor().auth.signInWithOtp({ email: ada.email }),
    ]) {
      expect(again.error).toMatchObject({ status: 429, code: 'over_email_send_rate_limit' })
    }
  })

  it('wants an address', async () => {
    expect(await post('/recover', {})).toMatchObject({
      status: 400,
      body: { error_code: 'validation_failed', msg: 'Password recovery requires an email' },
    })
  })
})

describe('auth.onAuthStateChange PASSWORD_RECOVERY', () => {
  it('is told when a recovery link was followed', async () => {
    const ada = await person('Ada')
    const { hashed_token: token_hash } = await linkFor(ada.email, 'recovery')
    const page = visitor()
    const events = await told(page, () => page.auth.verifyOtp({ token_hash, type: 'recovery' }))
    expect(events).toContain('PASSWORD_RECOVERY')
  })
})
