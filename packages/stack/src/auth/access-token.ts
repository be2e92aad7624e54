import { z } from 'zod'
import { customClaims } from './custom-claims.ts'
import type { Means } from './means.ts'
import type { Queryable } from './people.ts'

/** How somebody showed who they are, as tokens name it (`amr`) and auth.mfa_amr_claims keeps it. */
export type Method =
  | 'password'
  | 'otp'
  | 'totp'
  | 'recovery'
  | 'invite'
  | 'magiclink'
  | 'email/signup'
  | 'email_change'
  | 'token_refresh'
  | 'anonymous'

const Row = z.object({
  aud: z.string().nullable(),
  role: z.string().nullable(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  app_metadata: z.record(z.string(), z.unknown()),
  user_metadata: z.record(z.string(), z.unknown()),
  is_anonymous: z.boolean(),
  amr: z.array(z.object({ method: z.string(), timestamp: z.number() })),
})

const secondFactors = ['totp', 'mfa/phone', 'mfa/webauthn']

export type AccessToken = {
  access_token: string
  token_type: 'bearer'
  /** Seconds. */
  expires_in: number
  /** Seconds since 1970. */
  expires_at: number
}

/** A token that says who somebody is for the next hour (`jwt_expiry`), signed with this project's key. */
export async function makeAccessToken(
  means: Means,
  db: Queryable,
  session: { userId: string; sessionId: string; method: Method; request: Request },
): Promise<AccessToken> {
  const { userId, sessionId, method, request } = session
  const row = await readRow(db, userId, sessionId)
  const now = Math.floor(Date.now() / 1000)
  const expires = now + means.settings.jwt_expiry
  const claims = await customClaims(means, db, {
    request,
    userId,
    method,
    claims: {
      iss: means.settings.jwt_issuer || means.url,
      sub: userId,
      aud: row.aud ?? '',
      exp: expires,
      iat: now,
      email: row.email ?? '',
      phone: row.phone ?? '',
      app_metadata: row.app_metadata,
      user_metadata: row.user_metadata,
      role: row.role ?? '',
      aal: row.amr.some((one) => secondFactors.includes(one.method)) ? 'aal2' : 'aal1',
      amr: row.amr,
      session_id: sessionId,
      is_anonymous: row.is_anonymous,
    },
  })
  return {
    access_token: await means.sign(claims),
    token_type: 'bearer',
    expires_in: expires - now,
    expires_at: expires,
  }
}

async function readRow(db: Queryable, userId: string, sessionId: string): Promise<z.infer<typeof Row>> {
  const { rows } = await db.query(
    `select aud, role, email, phone, is_anonymous,
       coalesce(raw_app_meta_data, '{}') as app_metadata,
       coalesce(raw_user_meta_data, '{}') as user_metadata,
       coalesce((
         select jsonb_agg(jsonb_build_object(
           'method', authentication_method, 'timestamp', floor(extract(epoch from updated_at))::bigint)
           order by updated_at desc)
         from auth.mfa_amr_claims where session_id = $2), '[]') as amr
     from auth.users where id = $1`,
    [userId, sessionId],
  )
  return Row.parse(rows[0])
}
