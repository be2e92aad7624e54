import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { post, sessionOf } from './auth-world.ts'
import { admin, person, sql } from './world.ts'

describe('auth.refreshSession', () => {
  it('gives new tokens of the same session', async () => {
    const { client } = await person('Ada')
    const before = await sessionOf(client)
    const { data, error } = await client.auth.refreshSession()
    expect(error).toBeNull()
    expect(data.session?.refresh_token).not.toBe(before.refresh_token)
    expect(decodeJwt(data.session?.access_token ?? '').session_id).toBe(
      decodeJwt(before.access_token).session_id,
    )
    expect(data.user?.id).toBe(before.user.id)
  })

  it('does not count as a sign-in', async () => {
    const { client } = await person('Ada')
    const before = await sessionOf(client)
    const { data } = await client.auth.refreshSession()
    expect(data.user?.last_sign_in_at).toBe(before.user.last_sign_in_at)
  })

  it('gives two tabs that refresh at the same moment the same token', async () => {
    const { client } = await person('Ada')
    const { refresh_token } = await sessionOf(client)
    const answers = await Promise.all(
      [1, 2, 3, 4].map(() => post('/token?grant_type=refresh_token', { refresh_token })),
    )
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1)
  })

  it('takes the parent of the current token for an answer that got lost, however late', async () => {
    const { client } = await person('Ada')
    const { refresh_token } = await sessionOf(client)
    const { data } = await client.auth.refreshSession()
    await spentAgo(refresh_token, '1 hour')
    const again = await post('/token?grant_type=refresh_token', { refresh_token })
    expect([again.status, again.body.refresh_token]).toEqual([200, data.session?.refresh_token])
  })

  it('ends the whole family when a spent token comes back', async () => {
    const { client } = await person('Ada')
    const { refresh_token: stolen } = await sessionOf(client)
    await client.auth.refreshSession()
    await client.auth.refreshSession()
    await spentAgo(stolen, '1 hour')
    const { status, body } = await post('/token?grant_type=refresh_token', { refresh_token: stolen })
    expect([status, body]).toEqual([
      400,
      {
        code: 400,
        error_code: 'refresh_token_already_used',
        msg: 'Invalid Refresh Token: Already Used',
      },
    ])
    const { refresh_token: newest } = await sessionOf(client)
    await spentAgo(newest, '1 hour')
    expect((await client.auth.refreshSession()).error?.code).toBe('refresh_token_already_used')
  })

  it('refuses what is no token, a token nobody has, and none', async () => {
    const asked = async (refresh_token: unknown) =>
      (await post('/token?grant_type=refresh_token', { refresh_token })).body
    expect(await asked('abcdefghijkl')).toMatchObject({
      error_code: 'refresh_token_not_found',
      msg: 'Invalid Refresh Token: Refresh Token Not Found',
    })
    for (const given of ['', 'short', 'ABCDEFGHIJKL', 'x'.repeat(200)]) {
      expect([given, await asked(given)]).toEqual([
        given,
        expect.objectContaining({ error_code: 'validation_failed', msg: 'Refresh token is not valid' }),
      ])
    }
    expect((await asked(12)).error_code).toBe('bad_json')
  })

  it('refuses who is banned', async () => {
    const { id, client } = await person('Eve')
    await admin.auth.admin.updateUserById(id, { ban_duration: '1h' })
    expect((await client.auth.refreshSession()).error).toMatchObject({
      status: 400,
      code: 'user_banned',
      message: 'Invalid Refresh Token: User Banned',
    })
  })

  it('refuses a session that is past its end', async () => {
    const { id, client } = await person('Ada')
    await sql(`update auth.sessions set not_after = now() - interval '1 second' where user_id = $1`, [id])
    expect((await client.auth.refreshSession()).error).toMatchObject({
      status: 400,
      code: 'session_expired',
      message: 'Invalid Refresh Token: Session Expired',
    })
  })

  it('tells of what has changed about the person', async () => {
    const { id, client } = await person('Ada')
    await admin.auth.admin.updateUserById(id, { app_metadata: { plan: 'big' } })
    const { data } = await client.auth.refreshSession()
    expect(decodeJwt(data.session?.access_token ?? '').app_metadata).toMatchObject({ plan: 'big' })
  })

  const spentAgo = (token: string, interval: string) =>
    sql('update auth.refresh_tokens set updated_at = now() - $2::interval where token = $1', [
      token,
      interval,
    ])
})
