import { z } from 'zod'
import { isStorable } from '../gateway/storable.ts'
import { AuthFault, invalid } from './fault.ts'

/** As hosted reads a field: a missing one and null are as good as empty. */
export const text = z
  .string()
  .nullish()
  .transform((given) => given ?? '')
/** What the database keeps in a column of 255 characters. */
export const label = text.pipe(z.string().max(255))
export const flag = z
  .boolean()
  .nullish()
  .transform((given) => given ?? false)
export const object = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((given) => given ?? undefined)

/** Of a body that may begin a flow which ends in a code (flow-state.ts). */
export const challenge = { code_challenge: text, code_challenge_method: text }

const unreadable = (why: string) =>
  new AuthFault(400, 'bad_json', `Could not parse request body as JSON: ${why}`)

/** Reads a JSON body, or says what is wrong with it. */
export async function readBody<T>(
  request: Request,
  shape: z.ZodType<T>,
  { mayBeEmpty = false } = {},
): Promise<T> {
  const given = await request.text()
  let json: unknown
  try {
    json = mayBeEmpty && given === '' ? {} : JSON.parse(given)
  } catch {
    throw unreadable(given === '' ? 'unexpected end of JSON input' : 'it is not valid JSON')
  }
  if (!isStorable(json)) throw invalid('The body contains a character that cannot be stored')
  const result = shape.safeParse(json ?? {})
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw unreadable(`${issue?.path.join('.') || 'it'} is not of the type that is expected`)
}

const Email = z.email({ pattern: z.regexes.html5Email })

/** An address in the form it is kept in. */
export function readEmail(given: string): string {
  if (!given) throw invalid('An email address is required')
  if (Buffer.byteLength(given) > 255) throw invalid('An email address is too long')
  if (!Email.safeParse(given).success) throw invalid('Unable to validate email address: invalid format')
  return given.toLowerCase()
}

const e164 = /^[1-9]\d{1,14}$/

/** A telephone number in the form it is kept in. */
export function readPhone(given: string): string {
  const phone = given.replace(/^\+/, '').replaceAll(' ', '')
  if (!e164.test(phone)) throw invalid('Invalid phone number format (E.164 required)')
  return phone
}
