import { z } from 'zod'
import { isStorable } from '../gateway/storable.ts'
import type { AuthSettings } from '../project.ts'
import { AuthFault, invalid } from './fault.ts'

const text = z.string().max(10_000).optional()
const object = z.record(z.string(), z.unknown()).optional()

export const SignupBody = z.object({ email: text, password: text, data: object.nullable() })
export const PasswordBody = z.object({ email: text, password: text })
export const RefreshBody = z.object({ refresh_token: text })
export const PkceBody = z.object({ auth_code: text, code_verifier: text })
export const EmailBody = z.object({ email: text })
export const ResendBody = z.object({ type: text, email: text })
export const OtpBody = z.object({ email: text, create_user: z.boolean().optional(), data: object.nullable() })
export const VerifyBody = z.object({ type: text, token: text, token_hash: text, email: text })
export const UserBody = z.object({ email: text, password: text, data: object, nonce: text })
export const AnyBody = z.object({})

/** Reads a JSON body, or says what is wrong with it. A missing body is an empty one. */
export async function readBody<T>(request: Request, shape: z.ZodType<T>): Promise<T> {
  const given = await request.text()
  let json: unknown
  try {
    json = given === '' ? {} : JSON.parse(given)
  } catch {
    throw new AuthFault(400, 'bad_json', 'Could not parse request body as JSON')
  }
  if (!isStorable(json)) throw invalid('The body contains a character that cannot be stored')
  const result = shape.safeParse(json)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new AuthFault(
    400,
    'bad_json',
    `Could not read request body: ${issue?.path.join('.') || 'it'} is not valid`,
  )
}

const email = z.email().max(254)

export function readEmail(given: string | undefined, missing: string): string {
  if (!given) throw invalid(missing)
  const result = email.safeParse(given.trim().toLowerCase())
  if (!result.success) throw invalid('Unable to validate email address: invalid format')
  return result.data
}

const longest = 72

/** bcrypt looks at no more than 72 bytes, so that a longer password would promise more than it keeps. */
export function checkPassword(password: string, settings: AuthSettings): void {
  if (Buffer.byteLength(password) > longest)
    throw invalid(`Password cannot be longer than ${longest} characters`)
  const least = settings.minimum_password_length
  if (password.length < least) {
    throw new AuthFault(422, 'weak_password', `Password should be at least ${least} characters.`, {
      weak_password: { reasons: ['length'] },
    })
  }
}
