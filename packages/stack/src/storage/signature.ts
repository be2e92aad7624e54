import { errors, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import { faults, StorageFault } from './fault.ts'

/*
 * Signed links: tokens that name one object and one thing that may be done to it. They are signed with the key of
 * people's tokens, as on hosted, but name no role, so that none can pass for the other.
 */

const Claims = z.object({
  url: z.string(),
  scope: z.enum(['download', 'upload']).optional(),
  transformations: z.string().optional(),
  owner: z.string().optional(),
  upsert: z.boolean().optional(),
  exp: z.number(),
})
type Claims = z.infer<typeof Claims>
type Scope = NonNullable<Claims['scope']>

export async function sign(claims: Omit<Claims, 'exp'>, seconds: number, secret: string): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  if (seconds > Number.MAX_SAFE_INTEGER / 1000 - now)
    throw faults.invalidParameter('Invalid Parameter expiresIn')
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt(now)
    .setExpirationTime(now + Math.floor(seconds))
    .sign(new TextEncoder().encode(secret))
}

/** Reads a token that opens `path` (bucket/name) for what is asked, or refuses it. */
export async function verify(token: string, path: string, scope: Scope, secret: string): Promise<Claims> {
  const claims = await read(token, secret)
  // Tokens of before there was a scope are told apart by what only a link for uploads says.
  const meant = claims.scope ?? (claims.upsert === undefined ? 'download' : 'upload')
  if (meant !== scope) throw invalidSignature(`Token is not scoped for ${scope}`)
  if (claims.url !== path) throw invalidSignature('Invalid signature')
  return claims
}

async function read(token: string, secret: string): Promise<Claims> {
  try {
    const { payload } = await jwtVerify(token, new TextEncoder().encode(secret), { algorithms: ['HS256'] })
    const claims = Claims.safeParse(payload)
    if (claims.success) return claims.data
  } catch (error) {
    if (error instanceof errors.JOSEError) throw new StorageFault(400, 'InvalidJWT', error.message)
    throw error
  }
  throw invalidSignature('Invalid signature')
}

const invalidSignature = (message: string) => new StorageFault(400, 'InvalidSignature', message)
