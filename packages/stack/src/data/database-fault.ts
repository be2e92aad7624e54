import pg from 'pg'
import { z } from 'zod'
import { fault } from './fault.ts'

/** PostgREST's table, https://docs.postgrest.org/en/stable/references/errors.html: the first that fits; else 400. */
const statuses: [RegExp, number][] = [
  [/^(23503|23505)$/, 409],
  [/^25006$/, 405],
  [/^42P01$/, 404],
  [/^42883$/, 404],
  [/^42P17$/, 500],
  [/^(08|53(?!400)|57P0)/, 503],
  [/^(0L|0P|28)/, 403],
  [/^(09|25|2D|38|39|3B|40|53|54|55|57|58|F0|HV|XX)/, 500],
  [/^P0(?!001)/, 500],
]

function statusOf(code: string, message: string, isKnown: boolean): number {
  if (code === '42501') return isKnown ? 403 : 401
  if (code === '21000') return message.endsWith('requires a WHERE clause') ? 400 : 500
  if (code === '22023' && /^role .* does not exist$/.test(message)) return 401
  const own = /^PT([2-5]\d\d)$/.exec(code)?.[1]
  if (code.startsWith('PT')) return own ? Number(own) : 500
  return statuses.find(([pattern]) => pattern.test(code))?.[1] ?? 400
}

/** What PostgREST answers to an error of the database or of the way to it; undefined for any other. */
export function asFault(error: unknown, isKnown: boolean): Response | undefined {
  if (error instanceof pg.DatabaseError) {
    const { code = 'XX000', message, detail, hint } = error
    if (code === 'PGRST') return raised(message, detail)
    return fault(statusOf(code, message, isKnown), code, message, detail ?? null, hint ?? null)
  }
  if (!(error instanceof Error)) return undefined
  if (/timeout exceeded when trying to connect/.test(error.message)) {
    return fault(504, 'PGRST003', 'Timed out acquiring connection from connection pool.')
  }
  if (
    /terminated|ECONN|EPIPE|not queryable|EAI_AGAIN/.test(`${Reflect.get(error, 'code')} ${error.message}`)
  ) {
    return fault(503, 'PGRST001', 'Database client error. Retrying the connection.', error.message)
  }
  return undefined
}

const Words = z.object({
  code: z.string(),
  message: z.string(),
  details: z.string().nullish(),
  hint: z.string().nullish(),
})
const Way = z.object({
  status: z.number().int().min(200).max(599),
  status_text: z.string().optional(),
  headers: z.record(z.string(), z.string()),
})

/** `raise sqlstate 'PGRST'` says the whole answer: words in its message, status and headers in its detail. */
function raised(message: string, detail: string | undefined): Response {
  const words = Words.safeParse(parsed(message))
  if (!words.success) {
    return unreadable(
      `Invalid JSON value for MESSAGE: '${message}'`,
      "MESSAGE must be a JSON object with obligatory keys: 'code', 'message' and optional keys: 'details', 'hint'.",
    )
  }
  const rule =
    "DETAIL must be a JSON object with obligatory keys: 'status', 'headers' and optional key: 'status_text'."
  if (!detail) return unreadable('DETAIL is missing in the RAISE statement', rule)
  const way = Way.safeParse(parsed(detail))
  if (!way.success) return unreadable(`Invalid JSON value for DETAIL: '${detail}'`, rule)
  const { code, message: text, details, hint } = words.data
  const answer = fault(way.data.status, code, text, details ?? null, hint ?? null)
  for (const [name, value] of Object.entries(way.data.headers)) answer.headers.set(name, value)
  const { status, status_text: statusText = '' } = way.data
  return new Response(answer.body, { status, statusText, headers: answer.headers })
}

const unreadable = (details: string, hint: string) =>
  fault(500, 'PGRST121', `Could not parse JSON in the "RAISE SQLSTATE 'PGRST'" error`, details, hint)

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
