import { z } from 'zod'

/** An error of Postgres, or of the connection to it. */
const DatabaseError = z.object({
  code: z.string(),
  message: z.string(),
  detail: z.string().nullish(),
  hint: z.string().nullish(),
})

/** Of these @supabase/lite knows what PostgREST answers; it leaves every other to a 500 without its code. */
const known = /^(PGRST|PT\d{3}|42\w{3}|22\w{3}|23502|25006)$/

/** PostgREST's table, https://docs.postgrest.org/en/stable/references/errors.html: the first that fits; else 400. */
const statuses: [RegExp, number][] = [
  [/^(23503|23505)$/, 409],
  [/^(08|53(?!400))/, 503],
  [/^(0L|0P|28)/, 403],
  [/^(09|25|2D|38|39|3B|40|53|54|55|57|58|F0|HV|XX)/, 500],
  [/^P0(?!001)/, 500],
]
const statusOf = (code: string) => statuses.find(([pattern]) => pattern.test(code))?.[1] ?? 400

/** The words of an error for which PostgREST has an answer of its own, or the error itself. */
export function asRefusal(error: unknown): unknown {
  if (error instanceof RangeError && /call stack/.test(error.message)) {
    return refusal(400, 'PGRST100', 'The request is nested too deeply')
  }
  const { data } = DatabaseError.safeParse(error)
  if (!data || known.test(data.code)) return error
  const { code, message, detail, hint } = data
  if (/^[0-9A-Z]{5}$/.test(code)) return refusal(statusOf(code), code, message, detail, hint)
  // The driver's own codes: CONNECTION_CLOSED, CONNECT_TIMEOUT, ECONNREFUSED …
  return /^(CONNECT|ECONN)/.test(code)
    ? refusal(503, 'PGRST001', 'Could not query the database: it is not up', message)
    : error
}

/** In the form of `raise sqlstate 'PGRST'`, by which SQL too says the whole answer. */
function refusal(
  status: number,
  code: string,
  message: string,
  details: string | null = null,
  hint: string | null = null,
) {
  const words = JSON.stringify({ code, message, details, hint })
  return Object.assign(new Error(words), { code: 'PGRST', detail: JSON.stringify({ status, headers: {} }) })
}
