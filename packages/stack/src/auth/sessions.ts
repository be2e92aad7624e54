import { randomBytes, randomUUID } from 'node:crypto'
import { type AccessToken, type Method, makeAccessToken } from './access-token.ts'
import { addressOf } from './address.ts'
import type { Means } from './means.ts'
import type { Queryable } from './people.ts'
import { describePerson, type UserJson } from './user-json.ts'

/** What signing in and refreshing answer. */
export type SessionJson = AccessToken & { refresh_token: string; user: UserJson }

const noInstance = '00000000-0000-0000-0000-000000000000'

/** Signs somebody in on the device the request came from. Part of the caller's transaction. */
export async function startSession(
  means: Means,
  db: Queryable,
  start: { userId: string; method: Method; request: Request },
): Promise<SessionJson> {
  const { userId, method, request } = start
  const sessionId = randomUUID()
  await db.query(
    `insert into auth.sessions (id, user_id, created_at, updated_at, aal, user_agent, ip)
     values ($1, $2, now(), now(), 'aal1', $3, $4)`,
    [sessionId, userId, deviceOf(request), addressOf(request)],
  )
  const refreshToken = await addRefreshToken(db, { userId, sessionId, parent: '' })
  await addMethod(db, sessionId, method)
  // Late, because until the end somebody who signs in elsewhere at this moment waits for it.
  await db.query('update auth.users set last_sign_in_at = now(), updated_at = now() where id = $1', [userId])
  return sessionJson(means, db, { userId, sessionId, method, request, refreshToken })
}

/** The answer for a session whose refresh token is at hand. */
export async function sessionJson(
  means: Means,
  db: Queryable,
  session: { userId: string; sessionId: string; method: Method; request: Request; refreshToken: string },
): Promise<SessionJson> {
  const token = await makeAccessToken(means, db, session)
  const user = await describePerson(db, session.userId)
  if (!user) throw new Error('The person of a session is gone.')
  return { ...token, refresh_token: session.refreshToken, user }
}

/** The next refresh token of a session; `parent` is the one that was spent for it. */
export async function addRefreshToken(
  db: Queryable,
  session: { userId: string; sessionId: string; parent: string },
): Promise<string> {
  const token = makeRefreshToken()
  await db.query(
    `insert into auth.refresh_tokens
       (instance_id, token, user_id, session_id, parent, revoked, created_at, updated_at)
     values ($1, $2, $3, $4, $5, false, now(), now())`,
    [noInstance, token, session.userId, session.sessionId, session.parent],
  )
  return token
}

const letters = 'abcdefghijklmnopqrstuvwxyz234567'

/** 60 random bits in twelve characters, as hosted makes them. */
const makeRefreshToken = () => Array.from(randomBytes(12), (byte) => letters[byte % letters.length]).join('')

/** Notes how the session's person showed who they are, or that they did so again. */
export async function addMethod(db: Queryable, sessionId: string, method: Method): Promise<void> {
  await db.query(
    `insert into auth.mfa_amr_claims (id, session_id, created_at, updated_at, authentication_method)
     values ($1, $2, now(), now(), $3)
     on conflict on constraint mfa_amr_claims_session_id_authentication_method_pkey
     do update set updated_at = excluded.updated_at`,
    [randomUUID(), sessionId, method],
  )
}

export const deviceOf = (request: Request) => request.headers.get('user-agent') || null
