import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withClient } from '../src/sql.ts'
import { mailTo } from '../testing/mailbox.ts'
import { startTestStack, type TestStack } from '../testing/stack.ts'
import { clientOf, member, password, stranger } from './people.ts'

/*
 * What somebody does with their own account where config.toml is stricter, or freer, than this project's.
 */

let stack: TestStack
const sql = async (text: string, values: unknown[] = []) =>
  (await withClient(stack.urls.databaseAdmin, (client) => client.query(text, values))).rows

beforeAll(async () => {
  stack = await startTestStack({
    settings: {
      auth: {
        enable_manual_linking: true,
        email: { secure_password_change: true },
        mfa: { max_enrolled_factors: 1, totp: { enroll_enabled: true, verify_enabled: false } },
      },
    },
  })
})
afterAll(() => stack?.stop())

const another = 'another long password'

describe('a change of password where the old one is asked for', () => {
  const signedIn = async () => {
    const ada = await member(stack, 'ada')
    const client = clientOf(stack, stack.keys.publishable)
    await client.auth.signInWithPassword({ email: ada.email, password })
    return { ...ada, client }
  }

  test('takes it, and nothing else', async () => {
    const { client } = await signedIn()
    for (const [given, code] of [
      [{}, 'current_password_required'],
      [{ current_password: 'not hers' }, 'current_password_invalid'],
    ] as const) {
      expect((await client.auth.updateUser({ password: another, ...given })).error).toMatchObject({
        status: 400,
        code,
        message: 'Current password required when setting new password.',
      })
    }
    expect((await client.auth.updateUser({ password: another, current_password: password })).error).toBeNull()
  })

  test('does without it for who came by a mail', async () => {
    const { client } = await member(stack, 'ada')
    expect((await client.auth.updateUser({ password: another })).error).toBeNull()
  })
})

describe('a session that a function begins in the name of somebody', () => {
  const begunBy = async (key: string) => {
    const { id, email } = await member(stack, 'ada')
    await sql('delete from auth.sessions where user_id = $1', [id])
    const response = await fetch(`${stack.urls.api}/auth/v1/token?grant_type=password`, {
      method: 'POST',
      headers: {
        apikey: key,
        'content-type': 'application/json',
        'sb-forwarded-for': '203.0.113.7, 10.0.0.1',
      },
      body: JSON.stringify({ email, password }),
    })
    expect(response.status).toBe(200)
    return sql('select host(ip) as ip from auth.sessions where user_id = $1', [id])
  }

  test('is theirs by address, with the secret key; nobody else may say where they are', async () => {
    expect(await begunBy(stack.keys.secret)).toEqual([{ ip: '203.0.113.7' }])
    expect(await begunBy(stack.keys.publishable)).toEqual([{ ip: '127.0.0.1' }])
  })
})

describe('a change of password where it must be secure', () => {
  const signedInYesterday = async () => {
    const ada = await member(stack, 'ada')
    await sql(`update auth.sessions set created_at = now() - interval '25 hours' where user_id = $1`, [
      ada.id,
    ])
    return ada
  }

  test('goes without more ado within a day of signing in', async () => {
    const { client } = await member(stack, 'ada')
    expect((await client.auth.updateUser({ password: another })).error).toBeNull()
  })

  test('takes the code of a mail after that, once', async () => {
    const ada = await signedInYesterday()
    expect((await ada.client.auth.updateUser({ password: another })).error).toMatchObject({
      status: 400,
      code: 'reauthentication_needed',
      message: 'Password update requires reauthentication',
    })
    expect((await ada.client.auth.reauthenticate()).error).toBeNull()
    const mail = await mailTo(stack.urls.mail, ada.email, 2)
    const nonce = /(?<![\d#])\d{6}(?!\d)/.exec(mail.HTML)?.[0] ?? ''
    const wrong = nonce === '123456' ? '654321' : '123456'
    expect((await ada.client.auth.updateUser({ password: another, nonce: wrong })).error).toMatchObject({
      status: 422,
      code: 'reauthentication_not_valid',
      message: 'Nonce has expired or is invalid',
    })
    expect((await ada.client.auth.updateUser({ password: another, nonce })).error).toBeNull()
    const again = await ada.client.auth.updateUser({ password, nonce })
    expect(again.error?.code).toBe('reauthentication_not_valid')
  })

  test('refuses a code that is older than an hour', async () => {
    const ada = await signedInYesterday()
    await ada.client.auth.reauthenticate()
    const mail = await mailTo(stack.urls.mail, ada.email, 2)
    await sql(
      `update auth.users set reauthentication_sent_at = now() - interval '61 minutes' where id = $1`,
      [ada.id],
    )
    const nonce = /(?<![\d#])\d{6}(?!\d)/.exec(mail.HTML)?.[0] ?? ''
    const { error } = await ada.client.auth.updateUser({ password: another, nonce })
    expect(error?.code).toBe('reauthentication_not_valid')
  })
})

describe('ways to sign in, where people may add and remove them', () => {
  const addGithub = (id: string, email: string) =>
    sql(
      `insert into auth.identities (provider_id, user_id, provider, identity_data, created_at, updated_at)
       values ($1::text, $1::uuid, 'github', jsonb_build_object('sub', $1::text, 'email', $2::text,
         'email_verified', true), now(), now())`,
      [id, email],
    )

  test('the only one stays', async () => {
    const { client } = await member(stack, 'ada')
    const { data } = await client.auth.getUserIdentities()
    const [only] = data?.identities ?? []
    if (!only) throw new Error('Ada cannot sign in.')
    expect((await client.auth.unlinkIdentity(only)).error).toMatchObject({
      status: 422,
      code: 'single_identity_not_deletable',
      message: 'User must have at least 1 identity after unlinking',
    })
  })

  test('one of two goes, and the account takes the address of the other', async () => {
    const ada = await member(stack, 'ada')
    await addGithub(ada.id, `at-github-${ada.email}`)
    const { data } = await ada.client.auth.getUserIdentities()
    const byMail = data?.identities.find(({ provider }) => provider === 'email')
    if (!byMail) throw new Error('Ada cannot sign in.')
    expect((await ada.client.auth.unlinkIdentity(byMail)).error).toBeNull()
    const { data: after } = await ada.client.auth.getUser()
    expect(after.user).toMatchObject({
      email: `at-github-${ada.email}`,
      app_metadata: { provider: 'github', providers: ['github'] },
    })
    expect(after.user?.identities?.map(({ provider }) => provider)).toEqual(['github'])
  })

  test('an address that somebody else has is not taken over', async () => {
    const [ada, eve] = [await member(stack, 'ada'), await member(stack, 'eve')]
    await addGithub(eve.id, ada.email)
    const { data } = await eve.client.auth.getUserIdentities()
    const byMail = data?.identities.find(({ provider }) => provider === 'email')
    if (!byMail) throw new Error('Eve cannot sign in.')
    expect((await eve.client.auth.unlinkIdentity(byMail)).error).toMatchObject({
      status: 422,
      code: 'email_conflict_identity_not_deletable',
    })
    expect((await eve.client.auth.getUserIdentities()).data?.identities).toHaveLength(2)
  })

  test("somebody else's is not found, nor what is none", async () => {
    const [ada, eve] = [await member(stack, 'ada'), await member(stack, 'eve')]
    await addGithub(eve.id, `at-github-${eve.email}`)
    const { data } = await ada.client.auth.getUserIdentities()
    const [hers] = data?.identities ?? []
    if (!hers) throw new Error('Ada cannot sign in.')
    expect((await eve.client.auth.unlinkIdentity(hers)).error).toMatchObject({
      status: 422,
      code: 'identity_not_found',
    })
    const none = await eve.client.auth.unlinkIdentity({ ...hers, identity_id: 'none' })
    expect(none.error).toMatchObject({ status: 404, code: 'validation_failed' })
  })

  test('none can be added by a provider that is not set up', async () => {
    const { client } = await member(stack, 'ada')
    const { error } = await client.auth.linkIdentity({ provider: 'github' })
    expect(error).toMatchObject({ status: 400, code: 'validation_failed' })
  })
})

describe('second factors that may be added but not used', () => {
  test('are not asked for their code', async () => {
    const { client } = await member(stack, 'ada')
    const { data } = await client.auth.mfa.enroll({ factorType: 'totp' })
    expect((await client.auth.mfa.challenge({ factorId: data?.id ?? '' })).error).toMatchObject({
      status: 422,
      code: 'mfa_totp_verify_not_enabled',
      message: 'MFA verification is disabled for TOTP',
    })
    const more = await client.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'second' })
    expect(more.error?.code).toBe('too_many_enrolled_mfa_factors')
  })

  test('have names that can be kept', async () => {
    const { client } = await member(stack, 'ada')
    for (const given of [{ issuer: 'x'.repeat(1_000) }, { friendlyName: 'x'.repeat(10_000) }]) {
      const { error } = await client.auth.mfa.enroll({ factorType: 'totp', ...given })
      expect(error).toMatchObject({ status: 400, code: 'validation_failed' })
    }
  })

  test('an admin names them anew', async () => {
    const ada = await member(stack, 'ada')
    const { data } = await ada.client.auth.mfa.enroll({ factorType: 'totp' })
    const path = `/auth/v1/admin/users/${ada.id}/factors/${data?.id}`
    const response = await fetch(stack.urls.api + path, {
      method: 'PUT',
      headers: { apikey: stack.keys.secret, 'content-type': 'application/json' },
      body: JSON.stringify({ friendly_name: 'The blue phone' }),
    })
    expect([response.status, await response.json()]).toEqual([
      200,
      expect.objectContaining({ id: data?.id, friendly_name: 'The blue phone', status: 'unverified' }),
    ])
  })
})

test('whoever has no token of a person is told so', async () => {
  const asked = async (headers: Record<string, string>) => {
    const response = await fetch(`${stack.urls.api}/auth/v1/user`, { headers })
    return [response.status, (await response.json()).error_code]
  }
  const { publishable, anon } = stack.keys
  expect(await asked({ apikey: publishable })).toEqual([403, 'bad_jwt'])
  expect(await asked({ apikey: anon })).toEqual([401, 'no_authorization'])
  expect(await asked({ apikey: anon, authorization: `Bearer ${anon}` })).toEqual([403, 'bad_jwt'])
  expect((await clientOf(stack, publishable).auth.getUser()).error?.name).toBe('AuthSessionMissingError')
})

describe('somebody of whom nothing is known, where addresses are not asked', () => {
  let open: TestStack
  beforeAll(async () => {
    open = await startTestStack({
      settings: {
        auth: {
          enable_anonymous_sign_ins: true,
          email: { enable_confirmations: false },
          hook: { before_user_created: { enabled: false } },
        },
      },
    })
    // This project admits nobody whose company it does not know.
    await withClient(open.urls.databaseAdmin, (client) =>
      client.query('alter table auth.users disable trigger user'),
    )
  })
  afterAll(() => open?.stop())

  test('says so in the token, may not choose a password alone, and becomes a member by an address', async () => {
    const { email, options } = stranger('ada')
    const client = clientOf(open, open.keys.publishable)
    const { data, error } = await client.auth.signInAnonymously({ options })
    expect(error).toBeNull()
    const claims = decodeJwt(data.session?.access_token ?? '')
    expect(claims).toMatchObject({ is_anonymous: true, email: '', amr: [{ method: 'anonymous' }] })
    expect((await client.auth.mfa.enroll({ factorType: 'totp' })).error?.code).toBe('no_authorization')
    expect((await client.auth.updateUser({ password })).error).toMatchObject({
      status: 422,
      code: 'validation_failed',
      message: 'Updating password of an anonymous user without an email or phone is not allowed',
    })

    const known = await client.auth.updateUser({ email, password })
    expect(known.error).toBeNull()
    expect(known.data.user).toMatchObject({ email, is_anonymous: false, id: data.user?.id })
    const again = clientOf(open, open.keys.publishable)
    expect((await again.auth.signInWithPassword({ email, password })).error).toBeNull()
  })

  test('members prove a new address all the same', async () => {
    const { email, options } = stranger('ada')
    const client = clientOf(open, open.keys.publishable)
    expect((await client.auth.signUp({ email, password, options })).error).toBeNull()
    const { data } = await client.auth.updateUser({ email: stranger('ada').email })
    expect(data.user?.email).toBe(email)
  })
})
