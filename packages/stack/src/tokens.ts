import { type CryptoKey, errors, importJWK, type JWTHeaderParameters, jwtVerify, SignJWT } from 'jose'
import type { Jwk, Jwks } from './keys.ts'

export { Jwks } from './keys.ts'

export type Claims = Record<string, unknown>

/** What became of a token: its claims, once its signature and times hold, or why not. */
type Verified = { kind: 'claims'; claims: Claims } | Refused
export type Refused = {
  kind: 'refused'
  reason: 'malformed' | 'unknown_key' | 'algorithm' | 'signature' | 'expired' | 'not_yet'
  /** Where it has expired: since when. */
  expiredAt?: Date
}

export type SignToken = (claims: Claims) => Promise<string>

/** Makes tokens that say what they are given, and nothing else. */
export function makeSignToken(signing: Jwk): SignToken {
  const { alg = 'ES256', kid, key_ops: _, ...key } = signing
  const ready = importJWK({ ...key, key_ops: ['sign'] }, alg)
  const header = { alg, ...(kid && { kid }), typ: 'JWT' }
  return async (claims) => new SignJWT(claims).setProtectedHeader(header).sign(await ready)
}

export type VerifyToken = (token: string) => Promise<Verified>

const algorithms = ['HS256', 'ES256', 'RS256']

class NoKey extends Error {}

/** Tokens that are remembered; thrown away together, which is cheap and rare. */
const cacheSize = 1000

/**
 * Checks tokens as hosted does: a key pair is found by the header's `kid`, and the secret stands for whatever names none
 * of them. A good token's signature is checked once; later only the clock is looked at.
 */
export function makeVerifyToken(jwks: Jwks): VerifyToken {
  const keyOf = makeKeyOf(jwks)
  const known = new Map<string, Claims>()
  return async (token) => {
    const seen = known.get(token)
    if (seen && isCurrent(seen)) return { kind: 'claims', claims: seen }
    known.delete(token)
    try {
      const { payload } = await jwtVerify<Claims>(token, keyOf, { algorithms })
      if (known.size >= cacheSize) known.clear()
      known.set(token, payload)
      return { kind: 'claims', claims: payload }
    } catch (error) {
      return refusal(error)
    }
  }
}

const isCurrent = ({ exp }: Claims) => typeof exp !== 'number' || exp * 1000 > Date.now()

function makeKeyOf({ keys }: Jwks) {
  const imported = new Map<Jwk, Promise<CryptoKey | Uint8Array>>()
  const secret = keys.find(({ kty }) => kty === 'oct')
  return ({ alg, kid }: JWTHeaderParameters): Promise<CryptoKey | Uint8Array> => {
    // Never by the algorithm alone: a public key must not be taken for a secret, nor the other way round.
    const key = alg.startsWith('HS') ? secret : keys.find((one) => one.kid === kid && one.alg === alg)
    if (!key) throw new NoKey()
    const ready = imported.get(key) ?? importJWK(key, alg)
    imported.set(key, ready)
    return ready
  }
}

function refusal(error: unknown): Refused {
  if (error instanceof errors.JWTExpired) {
    return { kind: 'refused', reason: 'expired', expiredAt: new Date(Number(error.payload.exp) * 1000) }
  }
  if (error instanceof NoKey) return { kind: 'refused', reason: 'unknown_key' }
  if (error instanceof errors.JOSEAlgNotAllowed) return { kind: 'refused', reason: 'algorithm' }
  if (error instanceof errors.JWSSignatureVerificationFailed) return { kind: 'refused', reason: 'signature' }
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'nbf') {
    return { kind: 'refused', reason: 'not_yet' }
  }
  return { kind: 'refused', reason: 'malformed' }
}
