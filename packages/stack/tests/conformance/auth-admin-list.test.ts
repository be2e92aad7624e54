import { describe, expect, it } from 'vitest'
import { ask } from './auth-world.ts'
import { admin, fresh, freshEmail, metadata, person, target } from './world.ts'

const people = admin.auth.admin

async function newcomer(email = freshEmail('ada')): Promise<{ id: string }> {
  const { data, error } = await people.createUser({ email, user_metadata: metadata('Ada') })
  if (error) throw error
  return data.user
}

describe('auth.admin.getUserById', () => {
  it('finds a person as they are now', async () => {
    const ada = await person('Ada')
    const { data } = await people.getUserById(ada.id)
    expect(data.user).toMatchObject({ id: ada.id, email: ada.email, last_sign_in_at: expect.any(String) })
  })

  it('says that there is nobody', async () => {
    const { error } = await people.getUserById(crypto.randomUUID())
    expect(error).toMatchObject({ status: 404, code: 'user_not_found', message: 'User not found' })
    const headers = { apikey: target.secretKey }
    expect(await ask('/admin/users/7', { headers })).toEqual({
      status: 404,
      body: { code: 404, error_code: 'validation_failed', msg: 'user_id must be an UUID' },
    })
  })
})

describe('auth.admin.listUsers', () => {
  it('lists people by pages, the newest first', async () => {
    const first = await newcomer()
    const second = await newcomer()
    const { data, error } = await people.listUsers({ page: 1, perPage: 1 })
    expect(error).toBeNull()
    expect(data).toMatchObject({ aud: 'authenticated', nextPage: 2 })
    if (!('total' in data)) throw new Error('There is no word of how many there are.')
    expect(data.total).toBeGreaterThanOrEqual(2)
    const both = await people.listUsers({ page: 1, perPage: 200 })
    const ids = both.data.users.map(({ id }) => id)
    expect(ids.indexOf(second.id)).toBeLessThan(ids.indexOf(first.id))
    expect((await people.listUsers({ page: 9999 })).data.users).toEqual([])
  })

  it('filters and sorts, and says where the rest is', async () => {
    const word = fresh('sought').replaceAll('_', '-')
    for (const name of ['a', 'b', 'c']) await newcomer(`${name}@${name}-${word}.example`)
    const headers = { apikey: target.secretKey }
    const query = `filter=${word}&sort=created_at%20asc&per_page=2`
    const response = await fetch(`${target.api}/auth/v1/admin/users?${query}`, { headers })
    expect(response.headers.get('x-total-count')).toBe('3')
    expect(response.headers.get('link')).toMatch(/page=2.*>; rel="next", <.*page=2.*>; rel="last"$/)
    const { users } = (await response.json()) as { users: { email: string }[] }
    expect(users.map(({ email }) => email[0])).toEqual(['a', 'b'])
  })

  it('refuses a page that is no number, and a strange order', async () => {
    const headers = { apikey: target.secretKey }
    for (const query of ['page=x', 'per_page=-1', 'sort=email', 'sort=created_at%20up']) {
      expect(await ask(`/admin/users?${query}`, { headers })).toMatchObject({
        status: 400,
        body: {
          error_code: 'validation_failed',
          msg: expect.stringMatching(/^Bad (Pagination|Sort) Parameters: /),
        },
      })
    }
  })
})
