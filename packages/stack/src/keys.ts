import { createHmac } from 'node:crypto'

/*
 * The keys of local development, the same on every machine, as `supabase start` hands them out: code and bookmarks
 * written for one stack work on the other. They guard nothing that is not on this machine's own loopback.
 */
const publishable = 'sb_publishable_ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH'
const secret = 'sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz'
const jwtSecret = 'super-secret-jwt-token-with-at-least-32-characters-long'

export type Keys = {
  publishable: string
  secret: string
  /** The older keys: tokens that carry their role. */
  anon: string
  serviceRole: string
  /** Signs people's tokens (HS256). */
  jwtSecret: string
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

function legacyKey(role: string): string {
  const content = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ iss: 'supabase-demo', role, exp: 1983812996 })}`
  return `${content}.${createHmac('sha256', jwtSecret).update(content).digest('base64url')}`
}

export const localKeys: Keys = {
  publishable,
  secret,
  anon: legacyKey('anon'),
  serviceRole: legacyKey('service_role'),
  jwtSecret,
}
