import type { ErrorCode } from '@p2p/contracts'

type More = { fields?: Record<string, ErrorCode>; headers?: Record<string, string> }

/** A no that the caller is owed: an HTTP status, a stable code, and a sentence for people. */
export class Refusal extends Error {
  readonly status: number
  readonly code: ErrorCode
  readonly more: More
  constructor(status: number, code: ErrorCode, message: string, more: More = {}) {
    super(message)
    this.name = 'Refusal'
    this.status = status
    this.code = code
    this.more = more
  }
}

export const tooMany = (seconds: number) =>
  new Refusal(429, 'rate_limited', 'Too many attempts. Try again later.', {
    headers: { 'Retry-After': String(Math.max(1, Math.ceil(seconds))) },
  })
