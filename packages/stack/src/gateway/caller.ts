import type { Keys } from '../keys.ts'
import { type Jwks, makeVerifyToken } from '../tokens.ts'

const roles = ['anon', 'authenticated', 'service_role'] as const
type Role = (typeof roles)[number]

/** On whose behalf a request is made, once its key and token have been checked. */
export type Caller = {
  role: Role
  /** What policies read through `auth.jwt()`. */
  claims: Record<string, unknown>
  userId: string | null
  sessionId: string | null
  /** Came by the secret key (or the older service_role one), not by a person's token. */
  isSecret: boolean
}

export type Identified =
  | { kind: 'caller'; caller: Caller }
  | { kind: 'no_key' }
  | { kind: 'bad_key' }
  | { kind: 'secret_in_browser' }
  | { kind: 'bad_token'; message: string; expired: boolean }

export type Identify = (headers: Headers, url: URL) => Promise<Identified>

/**
 * Answers who calls. A key comes as `apikey` (header or query), or alone as the bearer; a person's token comes as the
 * bearer beside a key and outranks it.
 */
export function makeIdentify(keys: Keys): Identify {
  const verify = makeVerify(keys.jwks)
  const roleOfKey = new Map<string, Role>([
    [keys.publishable, 'anon'],
    [keys.anon, 'anon'],
    [keys.secret, 'service_role'],
    [keys.serviceRole, 'service_role'],
  ])
  return async (headers, url) => {
    const bearer = /^Bearer\s+(\S+)\s*$/i.exec(headers.get('authorization') ?? '')?.[1]
    const given = headers.get('apikey') ?? url.searchParams.get('apikey')
    const key = given ?? (bearer && roleOfKey.has(bearer) ? bearer : undefined)
    if (!key) return { kind: 'no_key' }
    const keyRole = roleOfKey.get(key)
    if (!keyRole) return { kind: 'bad_key' }
    if (key === keys.secret && isBrowser(headers)) return { kind: 'secret_in_browser' }
    if (!bearer || bearer === key) return { kind: 'caller', caller: ofKey(keyRole) }
    const bearerRole = roleOfKey.get(bearer)
    if (bearerRole) return { kind: 'caller', caller: ofKey(bearerRole) }
    // A client without a session sends some other key as its bearer; only a real token outranks the key.
    if (bearer.startsWith('sb_')) return { kind: 'caller', caller: ofKey(keyRole) }
    return verify(bearer)
  }
}

/** The secret key has no business in a page, and browsers cannot hide that they are one. */
const isBrowser = (headers: Headers) => /^\s*Mozilla\/5\.0/i.test(headers.get('user-agent') ?? '')

const ofKey = (role: Role): Caller => ({
  role,
  claims: { role },
  userId: null,
  sessionId: null,
  isSecret: role === 'service_role',
})

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null)
const isRole = (value: unknown): value is Role => roles.some((role) => role === value)

/** Whose a token is, once it holds. */
function makeVerify(jwks: Jwks): (token: string) => Promise<Identified> {
  const verify = makeVerifyToken(jwks)
  return async (token) => {
    const found = await verify(token)
    if (found.kind === 'refused') {
      const expired = found.reason === 'expired'
      return badToken(expired ? 'JWT expired' : 'JWT could not be verified', expired)
    }
    const { claims } = found
    if (!isRole(claims.role)) return badToken(`The token's role is not one of ${roles.join(', ')}`)
    const caller: Caller = {
      role: claims.role,
      claims,
      userId: text(claims.sub),
      sessionId: text(claims.session_id),
      isSecret: claims.role === 'service_role',
    }
    return { kind: 'caller', caller }
  }
}

const badToken = (message: string, expired = false): Identified => ({ kind: 'bad_token', message, expired })
