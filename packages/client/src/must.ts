import { type ErrorBody, type ErrorCode, isErrorCode } from '@p2p/contracts'
import type { PostgrestError } from '@supabase/supabase-js'

/** A no that was explained: `code` for the program, `message` for the log, `fields` where a form is at fault. */
export class Refusal extends Error {
  readonly code: ErrorCode
  readonly fields: Record<string, ErrorCode>
  readonly requestId: string | null
  /** Seconds after which asking again may help. */
  readonly retryAfter: number | null

  constructor(
    code: ErrorCode,
    message: string,
    more: {
      fields?: Record<string, ErrorCode>
      requestId?: string | null
      retryAfter?: number | null
      cause?: unknown
    } = {},
  ) {
    super(message, { cause: more.cause })
    this.name = 'Refusal'
    this.code = code
    this.fields = more.fields ?? {}
    this.requestId = more.requestId ?? null
    this.retryAfter = more.retryAfter ?? null
  }
}

type Answer = { data: unknown; error: PostgrestError | null }

/** Turns the Data API's `{ data, error }` into a value or a throw. Every query goes through it. */
export function must<A extends Answer>({ data, error }: A): Extract<A, { error: null }>['data'] {
  if (!error) return data
  if (error.code?.startsWith('PT') && isErrorCode(error.details))
    throw new Refusal(error.details, error.message, {
      cause: error,
      // private.refuse_field() names the field at fault.
      ...(error.hint && { fields: { [error.hint]: error.details } }),
    })
  throw new Refusal(codeOf(error), error.message, { cause: error })
}

// Postgres and PostgREST have words of their own for what a caller can do wrong.
function codeOf({ code }: PostgrestError): ErrorCode {
  switch (code) {
    case '42501':
      return 'not_allowed'
    case 'PGRST301':
    case 'PGRST302':
    case 'PGRST303':
      return 'not_signed_in'
    case '22P02':
    // What a constraint of a table says to its writer.
    case '23514':
    case 'PGRST202':
      return 'invalid_input'
    case 'PGRST116':
      return 'not_found'
    case '':
    case undefined:
      return 'unavailable'
    default:
      return 'internal'
  }
}

/** The refusal in an edge function's answer. */
export async function refusalOf(response: Response): Promise<Refusal> {
  const body = (await response.json().catch(() => null)) as Partial<ErrorBody> | null
  const retryAfter = Number(response.headers.get('retry-after'))
  return new Refusal(
    isErrorCode(body?.code) ? body.code : 'unavailable',
    body?.message ?? `The function answered ${response.status}.`,
    {
      fields: body?.fields ?? {},
      requestId: body?.request_id ?? response.headers.get('x-request-id'),
      retryAfter: retryAfter > 0 ? retryAfter : null,
    },
  )
}
