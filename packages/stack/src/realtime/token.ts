import { errors, jwtVerify } from 'jose'
import { Fault } from './fault.ts'
import type { Json } from './protocol.ts'

/** Who speaks: the claims policies see, and when the speaking ends. */
export type Identity = { token: string; role: string; claims: Json; expiresAt?: Date }
export type Identify = (token: string) => Promise<Identity>

/** The keys that replace the legacy anon and service_role tokens. */
export type Keys = { publishable?: string | undefined; secret?: string | undefined }

export const isKey = (token: string) => token.startsWith('sb_')

export function makeIdentify(jwtSecret: string, keys: Keys = {}): Identify {
  const secret = new TextEncoder().encode(jwtSecret)
  return async (given) => {
    const token = given.trim()
    if (isKey(token)) return ofKey(token, keys)
    const claims = await verified(token, secret)
    const { role, exp } = claims
    if (typeof role !== 'string' || typeof exp !== 'number') {
      throw new Fault('InvalidJWTToken', 'Fields `role` and `exp` are required in JWT')
    }
    return { token, role, claims, expiresAt: new Date(exp * 1000) }
  }
}

function ofKey(token: string, keys: Keys): Identity {
  if (token === keys.secret) return { token, role: 'service_role', claims: { role: 'service_role' } }
  if (token === keys.publishable) return { token, role: 'anon', claims: { role: 'anon' } }
  throw new Fault('MalformedJWT', 'The token provided is not a valid JWT')
}

async function verified(token: string, secret: Uint8Array): Promise<Json> {
  try {
    const { payload } = await jwtVerify<Json>(token, secret, { algorithms: ['HS256', 'HS384', 'HS512'] })
    return payload
  } catch (error) {
    throw refusal(error)
  }
}

function refusal(error: unknown): Fault {
  if (error instanceof errors.JWTExpired) return expired(new Date(Number(error.payload.exp) * 1000))
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return new Fault('JwtSignatureError', 'Failed to validate JWT signature')
  }
  if (error instanceof errors.JOSEAlgNotAllowed) {
    const message = 'Failed to generate JWT signer, check your JWT secret or JWKS configuration'
    return new Fault('JwtSignerError', message)
  }
  return new Fault('MalformedJWT', 'The token provided is not a valid JWT')
}

export function expired(at: Date): Fault {
  const seconds = Math.max(0, Math.floor((Date.now() - at.getTime()) / 1000))
  return new Fault('InvalidJWTToken', `Token has expired ${seconds} seconds ago`)
}
