import { describe, expect, it } from 'vitest'
import { ask } from './auth-world.ts'
import { admin, freshEmail, metadata, password, person, sql, visitor } from './world.ts'

const people = admin.auth.admin

/** Somebody whom nobody has asked whether their address is theirs. */
async function newcomer(more: Parameters<typeof people.createUser>[0] = {}) {
  const email = freshEmail('ada')
  const secret = more.password_hash ? {} : { password }
  const { data, error } = await people.createUser({
    email,
    ...secret,
    user_metadata: metadata('Ada'),
    ...more,
  })
  if (error) throw error
  return { email, id: data.user.id, user: data.user }
}

const signIn = async (email: string, secret = password) =>
  (await visitor().auth.signInWithPassword({ email, password: secret })).error

describe('auth.admin.createUser', () => {
  it('makes a person and tells everything about them', async () => {
    const { email, user } = await newcomer({ app_metadata: { plan: 'gold' } })
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/)
    expect(user).toEqual({
      id: expect.any(String),
      aud: 'authenticated',
      role: 'authenticated',
      email,
      phone: '',
      app_metadata: { provider: 'email', providers: ['email'], plan: 'gold' },
      user_metadata: expect.objectContaining({ first_name: 'Ada' }),
      identities: [
        {
          identity_id: expect.any(String),
          id: user.id,
          user_id: user.id,
          identity_data: { sub: user.id, email, email_verified: false, phone_verified: false },
          provider: 'email',
          last_sign_in_at: time,
          created_at: time,
          updated_at: time,
          email,
        },
      ],
      created_at: time,
      updated_at: time,
      is_anonymous: false,
    })
    expect((await signIn(email))?.code).toBe('email_not_confirmed')
  })

  it('takes the word of who calls for the address', async () => {
    const { email, user } = await newcomer({ email_confirm: true })
    expect(user).toMatchObject({
      email_confirmed_at: expect.any(String),
      confirmed_at: user.email_confirmed_at,
      user_metadata: { email_verified: true },
    })
    expect(await signIn(email)).toBeNull()
  })

  it('takes an id, a role, and a password that was hashed elsewhere', async () => {
    const id = crypto.randomUUID()
    const [row] = await sql<{ hash: string }>(
      `select replace(extensions.crypt($1, extensions.gen_salt('bf', 6)), '$2a$', '$2y$') as hash`,
      [password],
    )
    const { hash = '' } = row ?? {}
    const elsewhere = { password_hash: hash, email_confirm: true }
    const made = await newcomer({ id, role: 'service', ...elsewhere })
    expect(made.user).toMatchObject({ id, role: 'service' })
    expect(await signIn(made.email)).toBeNull()
    const both = await people.createUser({ email: freshEmail('ada'), password, password_hash: hash })
    expect(both.error).toMatchObject({
      status: 400,
      code: 'validation_failed',
      message: 'Only a password or a password hash should be provided',
    })
  })

  it('knows a password by the hash that argon2 made of it', async () => {
    const hash =
      '$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$Vr8ilM6QIbjVmz2B+lev7fMWt1jty5xuaQ0bJT3wx1M'
    const { email } = await newcomer({ password_hash: hash, email_confirm: true })
    expect((await signIn(email, 'another'))?.code).toBe('invalid_credentials')
    expect(await signIn(email)).toBeNull()
  })

  it('takes a telephone, and lets nobody in by it while that is off', async () => {
    const phone = `49${Date.now().toString().slice(-10)}`
    const { user } = await newcomer({ phone: `+${phone}`, phone_confirm: true })
    expect(user).toMatchObject({ phone, phone_confirmed_at: expect.any(String) })
    expect(user.app_metadata.providers).toEqual(['email', 'phone'])
    const again = await people.createUser({ phone, user_metadata: metadata('Bob') })
    expect(again.error).toMatchObject({ status: 422, code: 'phone_exists' })
  })

  it('refuses what it cannot make anybody of', async () => {
    const { email } = await newcomer()
    const refusals: [Parameters<typeof people.createUser>[0], number, string, string][] = [
      [{}, 400, 'validation_failed', 'Cannot create a user without either an email or phone'],
      [{ email: 'nobody' }, 400, 'validation_failed', 'Unable to validate email address: invalid format'],
      [{ email }, 422, 'email_exists', 'A user with this email address has already been registered'],
      [
        { email: email.toUpperCase() },
        422,
        'email_exists',
        'A user with this email address has already been',
      ],
      [{ phone: 'x' }, 400, 'validation_failed', 'Invalid phone number format (E.164 required)'],
      [
        { email: freshEmail('a'), id: '7' },
        400,
        'validation_failed',
        'ID must conform to the uuid v4 format',
      ],
      [
        { email: freshEmail('a'), password: 'x'.repeat(73) },
        400,
        'validation_failed',
        'bcrypt: password length exceeds 72 bytes',
      ],
      [
        { email: freshEmail('a'), ban_duration: 'soon' },
        400,
        'validation_failed',
        'invalid format for ban duration: time: invalid duration "soon"',
      ],
    ]
    for (const [attributes, status, code, message] of refusals) {
      const { error } = await people.createUser({ user_metadata: metadata('Ada'), ...attributes })
      expect({ status: error?.status, code: error?.code, message: error?.message }).toEqual({
        status,
        code,
        message: expect.stringContaining(message),
      })
    }
  })

  it('is for the secret key alone', async () => {
    const eve = await person('Eve')
    for (const client of [visitor(), eve.client]) {
      const { error } = await client.auth.admin.createUser({ email: freshEmail('eve') })
      expect(error).toMatchObject({ status: 403, code: 'not_admin', message: 'User not allowed' })
    }
    const headers = { authorization: 'Bearer not-a-token' }
    expect(await ask('/admin/users', { headers })).toMatchObject({
      status: expect.toSatisfy((status: number) => status === 401 || status === 403),
    })
  })
})
