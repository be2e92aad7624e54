import { decodeProtectedHeader } from 'jose'
import type { Jwks } from '../keys.ts'
import { makeVerifyToken, type Refused } from '../tokens.ts'
import { Fault } from './fault.ts'
import type { Json } from './protocol.ts'

/** Who speaks: the claims policies see, and when the speaking ends. */
export type Identity = { token: string; role: string; claims: Json; expiresAt?: Date }
export type Identify = (token: string) => Promise<Identity>

/** The keys that replace the legacy anon and service_role tokens. */
export type Keys = { publishable?: string | undefined; secret?: string | undefined }

export const isKey = (token: string) => token.startsWith('sb_')

/** Where tokens are signed with a secret alone. */
export const jwksOf = (secret: string): Jwks => ({
  keys: [{ kty: 'oct', k: Buffer.from(secret).toString('base64url') }],
})

export function makeIdentify(jwks: Jwks, keys: Keys = {}): Identify {
  const verify = makeVerifyToken(jwks)
  return async (given) => {
    const token = given.replace(/\s/g, '')
    if (isKey(token)) return ofKey(token, keys)
    const verified = await verify(token)
    if (verified.kind === 'refused') throw refusal(verified, token)
    const { role, exp } = verified.claims
    if (typeof role !== 'string' || typeof exp !== 'number') {
      throw new Fault('InvalidJWTToken', 'Fields `role` and `exp` are required in JWT')
    }
    return { token, role, claims: verified.claims, expiresAt: new Date(exp * 1000) }
  }
}

function ofKey(token: string, keys: Keys): Identity {
  if (token === keys.secret) return { token, role: 'service_role', claims: { role: 'service_role' } }
  if (token === keys.publishable) return { token, role: 'anon', claims: { role: 'anon' } }
  throw malformed()
}

function refusal({ reason, expiredAt }: Refused, token: string): Fault {
  if (reason === 'expired' && expiredAt) return expired(expiredAt)
  if (reason === 'signature') return new Fault('JwtSignatureError', 'Failed to validate JWT signature')
  if (reason === 'unknown_key' || reason === 'algorithm') return unsigned(token)
  if (reason === 'not_yet') return new Fault('InvalidJWTToken', 'Token is not valid yet')
  return malformed()
}

const malformed = () => new Fault('MalformedJWT', 'The token provided is not a valid JWT')

/** Signed with a key that is not ours, or in a way we do not know. */
function unsigned(token: string): Fault {
  const { kid, alg } = decodeProtectedHeader(token)
  const isPair = alg !== undefined && /^(RS|ES)\d+$|^Ed/.test(alg)
  const named = isPair && kid !== undefined ? ` for key ID (kid) "${kid}"` : ''
  const message = `Failed to generate JWT signer${named}, check your JWT secret or JWKS configuration`
  return new Fault('JwtSignerError', message)
}

export function expired(at: Date): Fault {
  const seconds = Math.max(0, Math.floor((Date.now() - at.getTime()) / 1000))
  return new Fault('InvalidJWTToken', `Token has expired ${seconds} seconds ago`)
}
