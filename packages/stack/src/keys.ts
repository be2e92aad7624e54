import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parse } from 'smol-toml'
import { z } from 'zod'

/*
 * The keys of local development, the same on every machine, as `supabase start` hands them out: code and bookmarks
 * written for one stack work on the other. They guard nothing that is not on this machine's own loopback.
 */
const publishable = 'sb_publishable_ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH'
const secret = 'sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz'
const jwtSecret = 'super-secret-jwt-token-with-at-least-32-characters-long'

/** A JSON Web Key (RFC 7517). What the algorithm needs beyond these is kept as it is. */
export const Jwk = z.looseObject({
  kty: z.enum(['EC', 'RSA', 'oct']),
  kid: z.exactOptional(z.string()),
  alg: z.exactOptional(z.string()),
  use: z.exactOptional(z.string()),
  key_ops: z.exactOptional(z.array(z.string())),
})
export type Jwk = z.infer<typeof Jwk>

export const Jwks = z.object({ keys: z.array(Jwk) })
export type Jwks = z.infer<typeof Jwks>

/** Where config.toml names no signing_keys_path, the CLI signs with this one. */
const localSigningKey: Jwk = {
  kty: 'EC',
  kid: 'b81269f1-21d8-4f2e-b719-c2240a840d90',
  use: 'sig',
  key_ops: ['sign', 'verify'],
  alg: 'ES256',
  ext: true,
  crv: 'P-256',
  x: 'M5Sjqn5zwC9Kl1zVfUUGvv9boQjCGd45G8sdopBExB4',
  y: 'P6IXMvA2WYXSHSOMTBH2jsw_9rrzGy89FjPf6oOsIxQ',
  d: 'dIhR8wywJlqlua4y_yMq2SLhlFXDZJBCvFrY1DCHyVU',
}

export type Keys = {
  publishable: string
  secret: string
  /** The older keys: tokens that carry their role. */
  anon: string
  serviceRole: string
  /** Signed tokens before there were key pairs (HS256), and still signs the older keys. */
  jwtSecret: string
  /** Signs people's tokens. Private. */
  signing: Jwk
  /** Whatever a token may be signed with: the public halves, and the secret. For the parts of the stack, not for all. */
  jwks: Jwks
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

function legacyKey(role: string): string {
  const content = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ iss: 'supabase-demo', role, exp: 1983812996 })}`
  return `${content}.${createHmac('sha256', jwtSecret).update(content).digest('base64url')}`
}

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/** What of a key may be published. */
function publicHalf(key: Jwk): Jwk {
  const open = Object.entries(key).filter(([name]) => !privateMembers.includes(name))
  return Jwk.parse({ ...Object.fromEntries(open), use: 'sig', key_ops: ['verify'] })
}

/** @throws where no key is for signing. */
export function keysOf(pairs: Jwk[]): Keys {
  const signing = pairs.find(({ kty, key_ops }) => kty !== 'oct' && (key_ops?.includes('sign') ?? true))
  if (!signing) throw new Error('Among the signing keys there is none to sign with.')
  const oct: Jwk = { kty: 'oct', k: Buffer.from(jwtSecret).toString('base64url') }
  return {
    publishable,
    secret,
    anon: legacyKey('anon'),
    serviceRole: legacyKey('service_role'),
    jwtSecret,
    signing,
    jwks: { keys: [...pairs.filter(({ kty }) => kty !== 'oct').map(publicHalf), oct] },
  }
}

const Settings = z.object({ auth: z.object({ signing_keys_path: z.string().optional() }).optional() })

/** The keys of a project: local development's, or the pairs in the file that `auth.signing_keys_path` names. */
export function readKeys(projectFile: string, folder = dirname(projectFile)): Keys {
  const path = Settings.parse(parse(readFileSync(projectFile, 'utf8'))).auth?.signing_keys_path
  if (!path) return localKeys
  return keysOf(z.array(Jwk).parse(JSON.parse(readFileSync(resolve(folder, path), 'utf8'))))
}

export const localKeys: Keys = keysOf([localSigningKey])
