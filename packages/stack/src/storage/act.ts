import type { Context } from 'hono'
import type { Caller, Identified } from '../gateway/caller.ts'
import { faults } from './fault.ts'

/** Every route is handed what the gateway found out about the caller. */
export type Env = { Bindings: { found: Identified } }
export type Call = Context<Env>

/** What is done, by whom, and the request it came by: what policies and triggers may ask about. */
export type Act = {
  caller: Caller
  /** A token was given, and holds. */
  isKnown: boolean
  /** As hosted names it: `storage.operation()`. */
  operation: string
  request: { method: string; path: string; headers: Record<string, string>; token: string }
}

const nobody: Caller = {
  role: 'anon',
  claims: { role: 'anon' },
  userId: null,
  sessionId: null,
  isSecret: false,
}

/** Reads who calls. Where `isOpen`, whoever is not known is anybody; else they are refused. */
export function actOf(c: Call, operation: string, { isOpen = false } = {}): Act {
  const { found } = c.env
  if (found.kind !== 'caller' && !isOpen) throw refusalOf(found, c.req.header('authorization'))
  const headers = c.req.header()
  return {
    caller: found.kind === 'caller' ? found.caller : nobody,
    isKnown: found.kind === 'caller',
    operation,
    request: {
      method: c.req.method,
      path: c.req.path.slice('/storage/v1'.length),
      headers,
      token: (headers.authorization ?? '').replace(/^Bearer\s+/i, ''),
    },
  }
}

/** What only the secret key may. */
export function adminActOf(c: Call, operation: string): Act {
  const act = actOf(c, operation)
  if (act.caller.role !== 'service_role') throw faults.denied('Access denied: Invalid role', 403)
  return act
}

function refusalOf(found: Exclude<Identified, { kind: 'caller' }>, authorization: string | undefined) {
  if (found.kind === 'no_key' && !authorization) {
    return faults.unfit("headers must have required property 'authorization'")
  }
  if (found.kind !== 'bad_token') return faults.denied('Invalid Compact JWS')
  if (found.expired) return faults.denied('"exp" claim timestamp check failed')
  const isToken = (authorization ?? '').split('.').length === 3
  return faults.denied(isToken ? 'signature verification failed' : 'Invalid Compact JWS')
}
