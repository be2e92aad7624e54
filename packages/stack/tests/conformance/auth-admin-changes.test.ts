import { describe, expect, it } from 'vitest'
import { sessionOf } from './auth-world.ts'
import { admin, freshEmail, metadata, password, person, sql, visitor } from './world.ts'

const people = admin.auth.admin

const signIn = async (email: string, secret = password) =>
  (await visitor().auth.signInWithPassword({ email, password: secret })).error

describe('auth.admin.updateUserById', () => {
  it('changes address and password at once, and ends every session', async () => {
    const ada = await person('Ada')
    const email = freshEmail('ada')
    const { data, error } = await people.updateUserById(ada.id, { email, password: 'quite another one' })
    expect(error).toBeNull()
    expect(data.user).toMatchObject({ email, identities: [{ email, identity_data: { email } }] })
    expect((await ada.client.auth.refreshSession()).error).not.toBeNull()
    expect((await signIn(ada.email))?.code).toBe('invalid_credentials')
    expect(await signIn(email, 'quite another one')).toBeNull()
  })

  it('proves an address by its word', async () => {
    const email = freshEmail('ada')
    const { data } = await people.createUser({ email, password, user_metadata: metadata('Ada') })
    const id = data.user?.id ?? ''
    expect((await signIn(email))?.code).toBe('email_not_confirmed')
    const changed = await people.updateUserById(id, { email_confirm: true })
    expect(changed.data.user?.email_confirmed_at).toEqual(expect.any(String))
    expect(await signIn(email)).toBeNull()
  })

  it('adds to metadata, and takes away what is null', async () => {
    const ada = await person('Ada')
    await people.updateUserById(ada.id, { app_metadata: { plan: 'gold', seat: { row: 1 } } })
    const { data } = await people.updateUserById(ada.id, {
      app_metadata: { plan: null, seat: { place: 2 } },
      user_metadata: { last_name: 'Lovelace', first_name: null },
    })
    expect(data.user?.app_metadata).toEqual({ provider: 'email', providers: ['email'], seat: { place: 2 } })
    expect(data.user?.user_metadata).toMatchObject({ last_name: 'Lovelace' })
    expect(data.user?.user_metadata).not.toHaveProperty('first_name')
  })

  it('gives a role, which the next token carries', async () => {
    const ada = await person('Ada')
    const { data } = await people.updateUserById(ada.id, { role: 'authenticated' })
    expect(data.user?.role).toBe('authenticated')
    await ada.client.auth.refreshSession()
    expect(await sessionOf(ada.client)).toMatchObject({ user: { role: 'authenticated' } })
  })

  it('gives a telephone, which is a way to sign in of its own', async () => {
    const ada = await person('Ada')
    const phone = `49${Date.now().toString().slice(-10)}`
    const { data } = await people.updateUserById(ada.id, { phone: `+${phone}`, phone_confirm: true })
    expect(data.user).toMatchObject({ phone, phone_confirmed_at: expect.any(String) })
    expect(data.user?.identities?.map(({ provider }) => provider)).toEqual(['email', 'phone'])
    const other = await people.updateUserById(ada.id, { phone: `${phone}9` })
    expect(other.data.user?.identities?.[1]?.identity_data).toMatchObject({ phone: `${phone}9` })
    const bob = await person('Bob')
    expect((await people.updateUserById(bob.id, { phone: `${phone}9` })).error?.status).toBeGreaterThan(399)
  })

  it('takes no address that somebody else has', async () => {
    const [ada, bob] = [await person('Ada'), await person('Bob')]
    expect((await people.updateUserById(ada.id, { email: bob.email })).error?.status).toBeGreaterThan(399)
    expect((await people.getUserById(ada.id)).data.user?.email).toBe(ada.email)
  })

  it('keeps somebody out for a while, and lets them in again', async () => {
    const eve = await person('Eve')
    const { data } = await people.updateUserById(eve.id, { ban_duration: '1h30m' })
    const until = new Date(data.user?.banned_until ?? 0).getTime()
    expect(until - Date.now()).toBeGreaterThan(80 * 60_000)
    expect(until - Date.now()).toBeLessThan(100 * 60_000)
    expect((await eve.client.auth.getUser()).error?.code).toBe('user_banned')
    expect(await signIn(eve.email)).toMatchObject({ status: 400, code: 'user_banned' })
    const lifted = await people.updateUserById(eve.id, { ban_duration: 'none' })
    expect(lifted.data.user).not.toHaveProperty('banned_until')
    expect(await signIn(eve.email)).toBeNull()
  })

  it('holds a new password to the rules', async () => {
    const ada = await person('Ada')
    const { error } = await people.updateUserById(ada.id, { password: 'short' })
    expect(error).toMatchObject({ status: 422, code: 'weak_password', reasons: ['length'] })
    const long = await people.updateUserById(ada.id, { password: 'ä'.repeat(37) })
    expect(long.error).toMatchObject({ message: 'Password cannot be longer than 72 characters' })
  })

  it('says that there is nobody, or what is wrong', async () => {
    const nobody = await people.updateUserById(crypto.randomUUID(), { role: 'x' })
    expect(nobody.error).toMatchObject({ status: 404, code: 'user_not_found' })
    const ada = await person('Ada')
    const wrong = await people.updateUserById(ada.id, { ban_duration: '3 weeks' })
    expect(wrong.error).toMatchObject({ status: 400, code: 'validation_failed' })
  })
})

describe('auth.admin.deleteUser', () => {
  it('removes somebody for good', async () => {
    const ada = await person('Ada')
    expect(await people.deleteUser(ada.id)).toMatchObject({ error: null })
    expect((await people.getUserById(ada.id)).error?.code).toBe('user_not_found')
    expect((await ada.client.auth.getUser()).error).not.toBeNull()
    expect((await people.deleteUser(ada.id)).error).toMatchObject({ status: 404, code: 'user_not_found' })
  })

  it('forgets somebody whose row stays: nothing of them is left in it, and the address is free', async () => {
    const ada = await person('Ada')
    expect((await people.deleteUser(ada.id, true)).error).toBeNull()
    const { data } = await people.getUserById(ada.id)
    expect(data.user).toMatchObject({
      id: ada.id,
      deleted_at: expect.any(String),
      email: expect.stringMatching(/^[\w-]{43}$/),
      phone: expect.stringMatching(/^[\w-]{15}$/),
      app_metadata: {},
      user_metadata: {},
    })
    expect(data.user?.identities?.[0]).toMatchObject({ id: expect.stringMatching(/^[\w-]{43}$/) })
    expect(JSON.stringify(data.user)).not.toContain(ada.email)
    expect((await ada.client.auth.refreshSession()).error).not.toBeNull()
    expect((await signIn(ada.email))?.code).toBe('invalid_credentials')
    expect((await people.deleteUser(ada.id, true)).error).toBeNull()
    const [row] = await sql('select from auth.users where id = $1 and email = $2', [ada.id, ada.email])
    expect(row).toBeUndefined()
  })
})
