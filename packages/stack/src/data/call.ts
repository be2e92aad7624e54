import { AsyncLocalStorage } from 'node:async_hooks'
import type { Caller } from '../gateway/caller.ts'

/** The request that is being answered, and on whose behalf. */
export type Call = { caller: Caller; method: string; path: string; headers: Record<string, string> }

/**
 * What the gateway found out about a request, handed on to whoever opens a transaction for it: functions and
 * triggers read the request through `request.headers` and its sisters, as they do under PostgREST.
 */
export const calls = new AsyncLocalStorage<Call>()

export const callOf = (request: Request, caller: Caller, path: string): Call => ({
  caller,
  method: request.method,
  path,
  headers: Object.fromEntries(request.headers),
})
