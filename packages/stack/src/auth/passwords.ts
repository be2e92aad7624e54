import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import type { AuthSettings } from '../project.ts'
import { AuthFault, invalid } from './fault.ts'
import type { Queryable } from './people.ts'

const lower = 'abcdefghijklmnopqrstuvwxyz'
const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const digits = '0123456789'
const symbols = '!@#$%^&*()_+-=[]{};\'\\:"|<>?,./`~'

/** Of each set a password needs one character, by the name config.toml has for the rule. */
const required: Record<AuthSettings['password_requirements'], string[]> = {
  '': [],
  letters_digits: [lower + upper, digits],
  lower_upper_letters_digits: [lower, upper, digits],
  lower_upper_letters_digits_symbols: [lower, upper, digits, symbols],
}

const longest = 72

/** bcrypt looks at no more than 72 bytes, so that a longer password would promise more than it keeps. */
export function checkPassword(password: string, settings: AuthSettings): void {
  if (Buffer.byteLength(password) > longest)
    throw invalid(`Password cannot be longer than ${longest} characters`)
  const faults = passwordFaults(password, settings)
  if (faults.reasons.length > 0)
    throw new AuthFault(422, 'weak_password', faults.message, { weak_password: { reasons: faults.reasons } })
}

/** What a password lacks; no reasons where it is strong enough. */
export function passwordFaults(password: string, settings: AuthSettings) {
  const reasons: ('length' | 'characters')[] = []
  const sentences: string[] = []
  const least = settings.minimum_password_length
  if (Buffer.byteLength(password) < least) {
    reasons.push('length')
    sentences.push(`Password should be at least ${least} characters.`)
  }
  const sets = required[settings.password_requirements]
  if (sets.some((set) => !Array.from(set).some((character) => password.includes(character)))) {
    reasons.push('characters')
    sentences.push(`Password should contain at least one character of each: ${sets.join(', ')}.`)
  }
  return { reasons, message: sentences.join(' ') }
}

/** A password for who has yet to choose one, and which nobody knows. */
export const unguessable = () => randomBytes(32).toString('base64url')

const cost = 10

/** What is kept of a password. */
export async function hashPassword(db: Queryable, password: string): Promise<string> {
  const { rows } = await db.query(`select extensions.crypt($1, extensions.gen_salt('bf', ${cost})) as hash`, [
    password,
  ])
  return String(rows[0]?.hash)
}

const bcryptHash = /^\$2[abxy]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/
const argonHash =
  /^\$(argon2id?|argon2i)\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]+)={0,2}\$([A-Za-z0-9+/]+)={0,2}$/

/** Refuses a hash, handed over from elsewhere, that no password could be held against. */
export function checkHash(hash: string): void {
  if (bcryptHash.test(hash) || readArgon(hash)) return
  throw invalid('The password hash is not one of bcrypt or argon2')
}

// More memory than this is no hash of a password but an attack on whoever computes it.
const mostMemory = 2 ** 20

function readArgon(hash: string) {
  const [, algorithm, m, t, p, salt = '', sum = ''] = argonHash.exec(hash) ?? []
  const [memory, passes, parallelism] = [Number(m), Number(t), Number(p)]
  if (algorithm !== 'argon2id' && algorithm !== 'argon2i') return undefined
  if (!passes || !parallelism || memory > mostMemory || memory < 8 * parallelism) return undefined
  const [nonce, expected] = [Buffer.from(salt, 'base64'), Buffer.from(sum, 'base64')]
  if (nonce.length < 8 || expected.length < 4) return undefined
  return { algorithm, memory, passes, parallelism, nonce, expected } as const
}

const derive = promisify(argon2)

/** Whether a password is the one that a hash is kept of. */
export async function matchesHash(db: Queryable, password: string, hash: string): Promise<boolean> {
  const argon = readArgon(hash)
  if (argon) {
    const { algorithm, expected, ...parameters } = argon
    const sum = await derive(algorithm, { ...parameters, message: password, tagLength: expected.length })
    return timingSafeEqual(sum, expected)
  }
  if (!bcryptHash.test(hash)) return false
  // pgcrypto knows bcrypt by one of its names; they mean the same.
  const { rows } = await db.query(`select extensions.crypt($1, $2) = $2 as matches`, [
    password,
    hash.replace(/^\$2[by]\$/, () => '$2a$'),
  ])
  return rows[0]?.matches === true
}
