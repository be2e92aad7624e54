import { isIP } from 'node:net'
import { calls } from '../data/call.ts'

/**
 * The address a request counts for: the gateway wrote it down. A function that asks in the name of somebody says for
 * whom in `Sb-Forwarded-For`, which is heeded with the secret key alone, as on hosted where a project has it switched on.
 */
export function addressOf({ headers }: Request): string {
  const said = headers.get('sb-forwarded-for')?.split(',', 1)[0]?.trim() ?? ''
  if (isIP(said) && calls.getStore()?.caller.isSecret) return said
  return headers.get('x-forwarded-for') ?? '127.0.0.1'
}
