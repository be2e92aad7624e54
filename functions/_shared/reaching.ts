import type { ErrorCode } from '@p2p/contracts'
import { Refusal } from './refusal.ts'
import type { Call } from './serve.ts'

/**
 * Runs what needs the database or Auth: where they cannot be reached, that is our trouble and not an error of the
 * caller, who is told `code` where a page has a better sentence for it than "unavailable".
 */
export async function reaching<T>(call: Call, work: () => Promise<T>, code?: ErrorCode): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof Refusal ? error : unavailable(call, error, code)
  }
}

export function unavailable({ log }: Call, cause: unknown, code: ErrorCode = 'unavailable'): Refusal {
  log('error', 'unavailable', { reason: cause instanceof Error ? cause.message : String(cause) })
  return new Refusal(503, code, 'This is not possible at present. Try again later.', {
    headers: { 'Retry-After': '30' },
  })
}
