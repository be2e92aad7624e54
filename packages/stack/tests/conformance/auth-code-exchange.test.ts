import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { post } from './auth-world.ts'
import { person, sql, visitor } from './world.ts'

describe('auth.exchangeCodeForSession', () => {
  /** Somebody whose link, had they opened it, would have led back with this code. */
  async function flow(method: 's256' | 'plain', createdAgo = '0s') {
    const ada = await person('Ada')
    const verifier = randomBytes(40).toString('hex')
    const challenge =
      method === 'plain' ? verifier : createHash('sha256').update(verifier).digest('base64url')
    const [row] = await sql<{ code: string }>(
      `insert into auth.flow_state (id, user_id, auth_code, code_challenge_method, code_challenge, provider_type,
         provider_access_token, provider_refresh_token, authentication_method, created_at, updated_at)
       values (gen_random_uuid(), $1, gen_random_uuid(), $2::auth.code_challenge_method, $3, 'recovery', '', '',
         'recovery', now() - $4::interval, now()) returning auth_code as code`,
      [ada.id, method, challenge, createdAgo],
    )
    return { ada, verifier, code: row?.code ?? '' }
  }
  const exchange = (auth_code: string, code_verifier: string) =>
    post('/token?grant_type=pkce', { auth_code, code_verifier })

  it('gives a session for a code and its verifier, once', async () => {
    for (const method of ['s256', 'plain'] as const) {
      const { ada, verifier, code } = await flow(method)
      const { status, body } = await exchange(code, verifier)
      expect([status, body.user]).toEqual([200, expect.objectContaining({ id: ada.id })])
      expect(await exchange(code, verifier)).toMatchObject({
        status: 404,
        body: {
          error_code: 'flow_state_not_found',
          msg: 'invalid flow state, no valid flow state found',
        },
      })
    }
  })

  it('keeps a code for who has its verifier', async () => {
    const { verifier, code } = await flow('s256')
    expect(await exchange(code, 'x'.repeat(43))).toMatchObject({
      status: 400,
      body: {
        error_code: 'bad_code_verifier',
        msg: 'code challenge does not match previously saved code verifier',
      },
    })
    expect((await exchange(code, verifier)).status).toBe(200)
  })

  it('refuses a code that is older than five minutes', async () => {
    const { verifier, code } = await flow('s256', '6 minutes')
    expect(await exchange(code, verifier)).toMatchObject({
      status: 422,
      body: { error_code: 'flow_state_expired', msg: 'invalid flow state, flow state has expired' },
    })
  })

  it('wants both of them', async () => {
    expect(await exchange('', 'x')).toMatchObject({
      status: 400,
      body: {
        error_code: 'validation_failed',
        msg: 'invalid request: both auth code and code verifier should be non-empty',
      },
    })
  })

  it('refuses a code that it did not begin', async () => {
    const { error } = await visitor({ auth: { flowType: 'pkce' } }).auth.exchangeCodeForSession('nothing')
    expect(error).not.toBeNull()
  })
})
