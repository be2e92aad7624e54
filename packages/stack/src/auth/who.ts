import { z } from 'zod'
import type { Claims, Refused } from '../tokens.ts'
import { AuthFault } from './fault.ts'
import type { Means } from './means.ts'

/** Somebody who is signed in, as the database knows them at this moment. */
const Who = z.object({
  id: z.guid(),
  aud: z.string().nullable(),
  role: z.string().nullable(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
  confirmed: z.boolean(),
  banned: z.boolean(),
  isAnonymous: z.boolean(),
  isSso: z.boolean(),
  /** bcrypt or argon2; empty where there is no password. */
  passwordHash: z.string(),
  hasSecondFactor: z.boolean(),
  session: z
    .object({
      id: z.guid(),
      aal: z.enum(['aal1', 'aal2', 'aal3']).nullable(),
      /** Seconds since the sign-in. */
      age: z.number(),
      methods: z.array(z.string()),
    })
    .nullable(),
})
export type Who = z.infer<typeof Who> & { claims: Claims }
export type Session = NonNullable<Who['session']>

const Uuid = z.guid()
const noSession = '00000000-0000-0000-0000-000000000000'

const query = `
  select users.id, users.aud, users.role, users.email, users.phone,
    coalesce(raw_user_meta_data, '{}') as data,
    email_confirmed_at is not null as confirmed,
    coalesce(banned_until > now(), false) as banned,
    is_anonymous as "isAnonymous", is_sso_user as "isSso",
    coalesce(encrypted_password, '') as "passwordHash",
    exists (select from auth.mfa_factors where user_id = users.id and status = 'verified') as "hasSecondFactor",
    (select jsonb_build_object('id', id, 'aal', aal, 'age', extract(epoch from now() - created_at), 'methods', coalesce(
        (select jsonb_agg(authentication_method) from auth.mfa_amr_claims where session_id = sessions.id), '[]'))
      from auth.sessions where id = $2) as session
  from auth.users where users.id = $1`

/** Whose the request's token is. @throws where it does not hold, or what it speaks of is over. */
export async function readWho(means: Means, request: Request): Promise<Who> {
  const claims = await readClaims(means, request)
  const { sub, session_id: sessionId } = claims
  if (!sub) throw badToken('invalid claim: missing sub claim')
  if (!Uuid.safeParse(sub).success) {
    throw new AuthFault(400, 'bad_jwt', 'invalid claim: sub claim must be a UUID')
  }
  const named =
    typeof sessionId === 'string' && sessionId !== '' && sessionId !== noSession ? sessionId : null
  if (named && !Uuid.safeParse(named).success)
    throw badToken('invalid claim: session_id claim must be a UUID')

  const { rows } = await means.pool.query(query, [sub, named])
  if (!rows[0]) throw new AuthFault(403, 'user_not_found', 'User from sub claim in JWT does not exist')
  const who = Who.parse(rows[0])
  if (named && !who.session) {
    throw new AuthFault(403, 'session_not_found', 'Session from session_id claim in JWT does not exist')
  }
  if (who.banned) throw new AuthFault(403, 'user_banned', 'User is banned')
  return { ...who, claims }
}

/** What the token of a request says. @throws where there is none, or it does not hold. */
export async function readClaims(means: Means, request: Request): Promise<Claims> {
  const given = request.headers.get('authorization')
  const token = /^[Bb]earer (\S+)$/.exec(given ?? '')?.[1]
  // A key in the token's place is nobody's token; hosted's gateway makes of it one that names a role alone.
  const isKey = token?.startsWith('sb_') || (!given && request.headers.get('apikey')?.startsWith('sb_'))
  if (isKey) return {}
  if (!token) {
    throw new AuthFault(401, 'no_authorization', 'This endpoint requires a valid Bearer token')
  }
  const found = await means.verify(token)
  if (found.kind === 'claims') return found.claims
  throw badToken(`invalid JWT: unable to parse or verify signature, ${wordsFor(found, token)}`)
}

const badToken = (message: string) => new AuthFault(403, 'bad_jwt', message)

/** As the library says it that hosted Auth is built with: programs were seen to look for these words. */
function wordsFor({ reason }: Refused, token: string): string {
  const { alg, kid } = headerOf(token)
  switch (reason) {
    case 'expired':
      return 'token has invalid claims: token is expired'
    case 'not_yet':
      return 'token has invalid claims: token is not valid yet'
    case 'unknown_key':
      return `token is unverifiable: error while executing keyfunc: unrecognized JWT kid ${kid ?? '<nil>'} for algorithm ${alg}`
    case 'algorithm':
      return `token signature is invalid: signing method ${alg} is invalid`
    case 'signature':
      return `token signature is invalid: ${alg?.startsWith('ES') ? 'crypto/ecdsa: verification error' : 'signature is invalid'}`
    default:
      return token.split('.').length === 3
        ? 'token is malformed: could not JSON decode header'
        : 'token is malformed: token contains an invalid number of segments'
  }
}

const Header = z.object({ alg: z.string().optional(), kid: z.string().optional() })

function headerOf(token: string): z.infer<typeof Header> {
  try {
    return Header.parse(JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()))
  } catch {
    return {}
  }
}
