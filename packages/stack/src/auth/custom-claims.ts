import { z } from 'zod'
import type { Method } from './access-token.ts'
import { failure } from './fault.ts'
import { callHook, hookMetadata } from './hook-call.ts'
import type { Means } from './means.ts'
import type { Queryable } from './people.ts'

type Claims = Record<string, unknown>

/** Without these no part of Supabase could tell whose a token is. */
const Needed = z.looseObject({
  aud: z.union([z.string(), z.array(z.unknown())]),
  exp: z.int(),
  iat: z.int(),
  sub: z.string(),
  email: z.string(),
  phone: z.string(),
  role: z.string(),
  aal: z.string(),
  session_id: z.string(),
  is_anonymous: z.unknown().refine((given) => given !== undefined),
  jti: z.string().optional(),
  iss: z.string().optional(),
  nbf: z.int().optional(),
  app_metadata: z.record(z.string(), z.unknown()).optional(),
  user_metadata: z.record(z.string(), z.unknown()).optional(),
  amr: z.array(z.union([z.string(), z.record(z.string(), z.unknown())])).optional(),
  client_id: z.string().optional(),
})

/** The claims as the project's `custom_access_token` hook will have them, where it has one. */
export async function customClaims(
  { settings }: Means,
  db: Queryable,
  token: { request: Request; userId: string; method: Method; claims: Claims },
): Promise<Claims> {
  const hook = settings.hook.custom_access_token
  if (!hook?.enabled) return token.claims
  const answer = await callHook(db, hook.uri, {
    metadata: hookMetadata('customize-access-token', token.request),
    user_id: token.userId,
    claims: token.claims,
    authentication_method: token.method,
  })
  const given = z.object({ claims: z.record(z.string(), z.unknown()) }).safeParse(answer)
  if (!given.success) throw failure('output claims field is missing', given.error)
  const checked = Needed.safeParse(given.data.claims)
  if (checked.success) return given.data.claims
  const faults = checked.error.issues.map(({ path }) => faultOf(String(path[0]), given.data.claims))
  throw failure(`output claims do not conform to the expected schema: \n${faults.join('')}`, checked.error)
}

const faultOf = (name: string, claims: Claims) =>
  name in claims ? `- ${name}: Invalid type\n` : `- (root): ${name} is required\n`
