import { z } from 'zod'
import type { Call } from './act.ts'
import { faults } from './fault.ts'

const most = 2 ** 20
const json = 'application/json'

/** Reads a body of JSON that fits, or says of it what hosted says. */
export async function readJson<T>(c: Call, schema: z.ZodType<T>): Promise<T> {
  const type = c.req.header('content-type') ?? ''
  if (!type.startsWith(json)) return fitting(schema, undefined, 'body')
  const text = await readText(c.req.raw)
  if (text === '') {
    throw faults.unreadable(
      400,
      'InvalidRequest',
      `Body cannot be empty when content-type is set to '${json}'`,
    )
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    const words = `Body is not valid JSON but content-type is set to '${json}'`
    throw faults.unreadable(400, 'InvalidRequest', words)
  }
  return fitting(schema, value, 'body')
}

async function readText({ body }: Request): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body ?? []) {
    size += chunk.byteLength
    if (size > most) throw faults.unreadable(413, 'EntityTooLarge', 'Request body is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

export const readQuery = <T>(c: Call, schema: z.ZodType<T>): T =>
  fitting(schema, c.req.query(), 'querystring')

function fitting<T>(schema: z.ZodType<T>, value: unknown, where: 'body' | 'querystring'): T {
  const { success, data, error } = schema.safeParse(value)
  if (success) return data
  // What is missing is told before what does not fit.
  const issue = error.issues.find((one) => one.path.length > 0 && isMissing(one, value)) ?? error.issues[0]
  throw faults.unfit(issue ? worded(issue, value, where) : `${where} is invalid`)
}

type Issue = z.core.$ZodIssue

const valueAt = (path: PropertyKey[], value: unknown) =>
  path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
    value,
  )
const isMissing = ({ path }: Issue, value: unknown) => valueAt(path, value) === undefined

/** In the words of ajv, which checks what the real server is sent. */
function worded(issue: Issue, value: unknown, where: string): string {
  const at = [where, ...issue.path.map(String)].join('/')
  if (issue.path.length > 0 && isMissing(issue, value)) {
    const parent = [where, ...issue.path.slice(0, -1).map(String)].join('/')
    return `${parent} must have required property '${String(issue.path.at(-1))}'`
  }
  if (issue.message.startsWith('must ')) return `${at} ${issue.message}`
  switch (issue.code) {
    case 'invalid_type':
      return `${at} must be ${issue.expected}`
    case 'too_small':
      return `${at} must NOT have fewer than ${issue.minimum} items`
    case 'too_big':
      return `${at} must NOT have more than ${issue.maximum} items`
    case 'invalid_value':
      return `${at} must be equal to one of the allowed values`
    default:
      return `${at} ${issue.message}`
  }
}

const asNumber = (value: unknown) =>
  typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value

/** A whole number; the real server takes one in quotes too. */
export const wholeNumber = (least: number, greatest = Number.MAX_SAFE_INTEGER) => {
  const words = 'must be integer'
  const number = z.number(words).int(words).min(least, `must be >= ${least}`)
  return z.preprocess(asNumber, number.max(greatest, `must be <= ${greatest}`))
}
const flags: Record<string, boolean> = { true: true, false: false }

/** Yes or no; the real server takes these in quotes too. */
export const yesOrNo = z.preprocess(
  (value) => (typeof value === 'string' ? (flags[value] ?? value) : value),
  z.boolean(),
)

export const anyNumber = z.preprocess(asNumber, z.number())
