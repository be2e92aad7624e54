import type { IncomingMessage } from 'node:http'
import { decodeProtectedHeader } from 'jose'
import type { Keys } from '../keys.ts'
import { makeVerifyToken } from '../tokens.ts'
import { type Refusal, unauthorized } from './refusal.ts'

/**
 * What `verify_jwt` asks of a call before the function runs: a token of this project, or one of its API keys on either
 * header (https://supabase.com/docs/guides/functions/auth-headers). Which refusal it is follows from the token's own
 * header, whatever is wrong with it.
 */
export function makeAdmission(keys: Keys) {
  const verify = makeVerifyToken(keys.jwks)
  return async ({ headers }: IncomingMessage): Promise<Refusal | undefined> => {
    const apiKeys: unknown[] = [keys.publishable, keys.secret]
    const { authorization, apikey } = headers
    if (apiKeys.includes(apikey) && (!authorization || /^Bearer sb_/i.test(authorization))) return undefined
    const given = authorization || (typeof apikey === 'string' && apikey ? `Bearer ${apikey}` : undefined)
    if (!given) return unauthorized('NO_AUTH_HEADER', 'Missing authorization header')
    const token = /^Bearer +(\S+)\s*$/i.exec(given)?.[1]
    if (!token) return unauthorized('INVALID_JWT_FORMAT', "Auth header is not 'Bearer {token}'")
    if (apiKeys.includes(token)) return undefined

    const algorithm = algorithmOf(token)
    if (!algorithm) return unauthorized('INVALID_JWT_FORMAT', 'Invalid JWT')
    const code = codes[algorithm]
    if (!code) {
      return unauthorized('UNSUPPORTED_TOKEN_ALGORITHM', `Unsupported JWT algorithm ${algorithm}`)
    }
    return (await verify(token)).kind === 'claims' ? undefined : unauthorized(code, 'Invalid JWT')
  }
}

const codes: Record<string, string> = {
  HS256: 'LEGACY_JWT',
  ES256: 'ASYMMETRIC_JWT',
  RS256: 'ASYMMETRIC_JWT',
}

function algorithmOf(token: string): string | undefined {
  if (token.split('.').length !== 3) return undefined
  try {
    return decodeProtectedHeader(token).alg?.slice(0, 20)
  } catch {
    return undefined
  }
}
