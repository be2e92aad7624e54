import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Jwk, keysOf, localKeys, readKeys } from '../src/keys.ts'
import { makeSignToken, makeVerifyToken } from '../src/tokens.ts'
import { startTestStack, type TestStack, temporaryFolder } from '../testing/stack.ts'
import { clientOf, member } from './people.ts'

const secret = new TextEncoder().encode(localKeys.jwtSecret)
const now = () => Math.floor(Date.now() / 1000)
const claims = () => ({ sub: 'ada', role: 'authenticated', exp: now() + 60 })

async function pair(alg: 'ES256' | 'RS256', kid: string): Promise<Jwk> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  return Jwk.parse({ ...(await exportJWK(privateKey)), kid, alg, use: 'sig', key_ops: ['sign'] })
}

describe('a token', () => {
  const verify = makeVerifyToken(localKeys.jwks)
  const sign = makeSignToken(localKeys.signing)
  const hmac = (payload: object, alg = 'HS256', key: Uint8Array = secret) =>
    new SignJWT({ ...payload }).setProtectedHeader({ alg }).sign(key)

  test('holds by the key pair, and by the secret of old', async () => {
    const given = claims()
    expect(await verify(await sign(given))).toEqual({ kind: 'claims', claims: given })
    expect(await verify(await hmac(given))).toEqual({ kind: 'claims', claims: given })
  })

  test('says which key it was signed with', async () => {
    expect(decodeProtectedHeader(await sign(claims()))).toEqual({
      alg: 'ES256',
      kid: 'b81269f1-21d8-4f2e-b719-c2240a840d90',
      typ: 'JWT',
    })
  })

  test('is refused with the reason', async () => {
    const [header, payload, signature] = (await sign(claims())).split('.')
    const stranger = makeSignToken(await pair('ES256', 'stranger'))
    const reasons = {
      rubbish: 'malformed',
      [`${header}.${payload}.`]: 'signature',
      [`${header}.e30.${signature}`]: 'signature',
      [await stranger(claims())]: 'unknown_key',
      [await hmac(claims(), 'HS256', new TextEncoder().encode('x'.repeat(40)))]: 'signature',
      [await hmac(claims(), 'HS512')]: 'algorithm',
      [await hmac({ ...claims(), exp: now() - 1 })]: 'expired',
      [await hmac({ ...claims(), nbf: now() + 60 })]: 'not_yet',
      [await hmac({ ...claims(), exp: 'soon' })]: 'malformed',
    }
    for (const [token, reason] of Object.entries(reasons)) {
      expect([reason, await verify(token)]).toEqual([
        reason,
        expect.objectContaining({ kind: 'refused', reason }),
      ])
    }
  })

  test('is not taken for signed where somebody used the published key as a secret', async () => {
    const [published] = localKeys.jwks.keys
    for (const text of [JSON.stringify(published), String(published?.x), String(published?.kid)]) {
      const forged = await new SignJWT(claims())
        .setProtectedHeader({ alg: 'HS256', kid: published?.kid ?? '' })
        .sign(new TextEncoder().encode(text))
      expect(await verify(forged)).toEqual({ kind: 'refused', reason: 'signature' })
    }
  })

  test('ends when its time is over, also where it was seen before', async () => {
    const given = { sub: 'ada', exp: now() + 1 }
    const token = await sign(given)
    expect((await verify(token)).kind).toBe('claims')
    await expect
      .poll(() => verify(token))
      .toMatchObject({
        kind: 'refused',
        reason: 'expired',
        expiredAt: new Date(given.exp * 1000),
      })
  })
})

describe('keys of a project', () => {
  test('are published without what is private', async () => {
    const keys = keysOf([await pair('RS256', 'one'), await pair('ES256', 'two')])
    const names = keys.jwks.keys.flatMap((key) => (key.kty === 'oct' ? [] : Object.keys(key)))
    for (const name of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(names).not.toContain(name)
    const verify = makeVerifyToken(keys.jwks)
    expect((await verify(await makeSignToken(keys.signing)(claims()))).kind).toBe('claims')
  })

  test('must have one to sign with', () => {
    expect(() => keysOf([{ kty: 'oct', k: 'c2VjcmV0' }])).toThrow('none to sign with')
  })

  test('come from the file that config.toml names', async () => {
    const folder = await temporaryFolder()
    const own = await pair('ES256', 'own')
    await writeFile(join(folder, 'keys.json'), JSON.stringify([own]))
    await writeFile(join(folder, 'config.toml'), '[auth]\nsigning_keys_path = "./keys.json"\n')
    expect(readKeys(join(folder, 'config.toml')).signing.kid).toBe('own')
    await writeFile(join(folder, 'config.toml'), '[auth]\n')
    expect(readKeys(join(folder, 'config.toml'))).toBe(localKeys)
  })
})

describe('in a stack with keys of its own', () => {
  let stack: TestStack
  let own: Jwk
  const issuer = 'https://works.example/auth'
  beforeAll(async () => {
    own = await pair('ES256', 'own')
    const file = join(await temporaryFolder(), 'keys.json')
    await writeFile(file, JSON.stringify([own]))
    stack = await startTestStack({
      settings: { auth: { signing_keys_path: file, jwt_expiry: 120, jwt_issuer: issuer } },
    })
  })
  afterAll(() => stack?.stop())

  test('people sign in by them, and every part takes their tokens', async () => {
    const ada = await member(stack, 'ada')
    const { data } = await ada.client.auth.getClaims()
    expect(data?.header).toMatchObject({ kid: 'own' })
    expect(data?.claims.iss).toBe(issuer)
    const described = await fetch(`${stack.urls.api}/auth/v1/.well-known/openid-configuration`)
    expect(await described.json()).toMatchObject({ issuer, jwks_uri: `${issuer}/.well-known/jwks.json` })
    expect(Number(data?.claims.exp) - Number(data?.claims.iat)).toBe(120)
    expect((await ada.client.rpc('me')).data).toMatchObject({ email: ada.email })
  })

  test('tokens of the secret of old still hold, in Auth as elsewhere', async () => {
    const ada = await member(stack, 'ada')
    const { data } = await ada.client.auth.getSession()
    const token = await new SignJWT(decodeJwt(data.session?.access_token ?? ''))
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .sign(secret)
    const headers = { apikey: stack.keys.publishable, authorization: `Bearer ${token}` }
    const user = await fetch(`${stack.urls.api}/auth/v1/user`, { headers })
    expect([user.status, (await user.json()).id]).toEqual([200, ada.id])
    const me = await fetch(`${stack.urls.api}/rest/v1/rpc/me`, { method: 'POST', headers })
    expect([me.status, (await me.json()).email]).toEqual([200, ada.email])
    const claims = await clientOf(stack, stack.keys.publishable).auth.getClaims(token)
    expect([claims.error, claims.data?.claims.sub]).toEqual([null, ada.id])
  })

  test('tokens that name nobody, or what is no session, are refused with the reason', async () => {
    const ada = await member(stack, 'ada')
    const refusal = async (claims: object) => {
      const token = await new SignJWT({ role: 'authenticated', aud: 'authenticated', ...claims })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setExpirationTime('1h')
        .sign(secret)
      const headers = { apikey: stack.keys.publishable, authorization: `Bearer ${token}` }
      const response = await fetch(`${stack.urls.api}/auth/v1/user`, { headers })
      const { error_code, msg } = await response.json()
      return [response.status, error_code, msg]
    }
    expect(await refusal({})).toEqual([403, 'bad_jwt', 'invalid claim: missing sub claim'])
    expect(await refusal({ sub: 'ada' })).toEqual([400, 'bad_jwt', 'invalid claim: sub claim must be a UUID'])
    expect(await refusal({ sub: ada.id, session_id: 'first' })).toEqual([
      403,
      'bad_jwt',
      'invalid claim: session_id claim must be a UUID',
    ])
    expect(await refusal({ sub: '00000000-0000-0000-0000-000000000001' })).toEqual([
      403,
      'user_not_found',
      'User from sub claim in JWT does not exist',
    ])
    expect(await refusal({ sub: ada.id, aud: undefined })).toEqual([
      400,
      'validation_failed',
      "Token audience doesn't match request audience",
    ])
  })

  test('tokens of the key of local development do not', async () => {
    const ada = await member(stack, 'ada')
    const forged = await new SignJWT({ sub: ada.id, role: 'authenticated', aud: 'authenticated' })
      .setProtectedHeader({ alg: 'ES256', kid: localKeys.signing.kid ?? '', typ: 'JWT' })
      .setExpirationTime('1h')
      .sign(await importJWK({ ...localKeys.signing, key_ops: ['sign'] }, 'ES256'))
    const { error } = await clientOf(stack, stack.keys.publishable).auth.getUser(forged)
    expect(error).toMatchObject({ status: 403, code: 'bad_jwt' })
    expect(error?.message).toContain(`unrecognized JWT kid ${localKeys.signing.kid} for algorithm ES256`)
  })
})
