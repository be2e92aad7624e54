import { z } from 'zod'

/** A refusal as Auth words it: an HTTP status, a code for the program, a sentence for the person. */
export class AuthFault extends Error {
  readonly status: number
  readonly code: string
  readonly more: Record<string, unknown>
  constructor(status: number, code: string, message: string, more: Record<string, unknown> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.more = more
  }
}

/** What a trigger or a constraint said, under the sentence Auth puts over it. */
export class DatabaseFault extends AuthFault {
  readonly said: DatabaseError | undefined
  constructor(message: string, cause: unknown) {
    super(500, 'unexpected_failure', message)
    this.cause = cause
    this.said = DatabaseError.safeParse(cause).data
  }
}

const DatabaseError = z.object({
  code: z.string().length(5),
  message: z.string(),
  detail: z.string().optional(),
  hint: z.string().optional(),
  constraint: z.string().optional(),
})
type DatabaseError = z.infer<typeof DatabaseError>

const firstDatedVersion = '2024-01-01'

/** supabase-js names the version of the API it speaks, and errors have another shape since the first dated one. */
export function answerFault(request: Request, fault: AuthFault): Response {
  const version = request.headers.get('x-supabase-api-version')
  if (version && version >= firstDatedVersion) {
    const body = { code: fault.code, message: fault.message, ...fault.more }
    return answer(fault.status, body, fault.code, { 'x-supabase-api-version': firstDatedVersion })
  }
  const raised = fault instanceof DatabaseFault ? fault.said : undefined
  const status = raised && statusOf(raised.code)
  if (raised && status) {
    const { code, message, hint, detail } = raised
    return answer(status, { code, message, ...(hint && { hint }), ...(detail && { detail }) }, fault.code)
  }
  const body = { code: fault.status, error_code: fault.code, msg: fault.message, ...fault.more }
  const id = fault.status >= 500 && request.headers.get('x-request-id')
  return answer(fault.status, id ? { ...body, error_id: id } : body, fault.code)
}

/** What SQL says to the caller itself: a status of its choosing, or a rule that was broken. Nothing else gets out. */
function statusOf(code: string): number | undefined {
  const chosen = Number(/^PT(\d{3})$/.exec(code)?.[1])
  if (chosen >= 400 && chosen < 600) return chosen
  return /^(P0001|23(000|001|502|503|505|514|P01))$/.test(code) ? 500 : undefined
}

const answer = (status: number, body: unknown, code: string, headers: Record<string, string> = {}) =>
  Response.json(body, { status, headers: { 'x-sb-error-code': code, ...headers } })

/** What is nobody's fault who calls. The cause is for the log. */
export const failure = (message: string, cause: unknown) =>
  Object.assign(new AuthFault(500, 'unexpected_failure', message), { cause })
export const invalid = (message: string) => new AuthFault(400, 'validation_failed', message)
export const tooSoon = (seconds: number) =>
  new AuthFault(
    429,
    'over_email_send_rate_limit',
    `For security purposes, you can only request this after ${Math.max(1, Math.ceil(seconds))} seconds.`,
  )
