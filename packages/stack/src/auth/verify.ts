import { z } from 'zod'
import { readBody, readEmail, readPhone, text } from './bodies.ts'
import { AuthFault, invalid } from './fault.ts'
import type { Means } from './means.ts'
import { hashOf } from './one-time-tokens.ts'
import type { Queryable } from './people.ts'
import { startSession } from './sessions.ts'
import { inTransaction } from './transaction.ts'
import { accept, codeExpired, type Shown, showCode, showLink, tellOfChange } from './verification.ts'

const Body = z.object({
  type: text,
  token: text,
  token_hash: text,
  email: text,
  phone: text,
  redirect_to: text,
})
type Body = z.infer<typeof Body>

export const halfDone = 'Confirmation link accepted. Please proceed to confirm link sent to the other email'

/** POST /verify: a code that was typed, or the token of a link, for a session. */
export async function verify(means: Means, request: Request): Promise<Response> {
  await means.limits.request('verify', request)
  const body = await readBody(request, Body)
  const find = finderOf(means, body)
  const whole = await inTransaction(means.pool, async (db) => {
    const shown = await find(db)
    if (!(await accept(means, db, shown))) return undefined
    const session = await startSession(means, db, { userId: shown.person.id, method: 'otp', request })
    return { shown, session }
  })
  if (!whole) return Response.json({ msg: halfDone, code: '200' })
  await tellOfChange(means, whole.shown)
  return Response.json(whole.session)
}

/** Looks at what was given, and says how to find whose it is. */
function finderOf(means: Means, body: Body): (db: Queryable) => Promise<Shown> {
  const { type, token, token_hash: hash, email, phone } = body
  if (!type) throw invalid('Verify requires a verification type')
  if (Boolean(token) === Boolean(hash)) throw invalid('Verify requires either a token or a token hash')
  if (hash) {
    if (email || phone || body.redirect_to) throw invalid('Only the token_hash and type should be provided')
    return (db) => showLink(means, db, type, hash)
  }
  if (phone && !email) {
    readPhone(phone)
    return () => Promise.reject(codeExpired())
  }
  if (!email || phone) throw invalid('Only an email address or phone number should be provided on verify')
  const address = readTypedEmail(email)
  return (db) => showCode(means, db, type, hashOf(address, token), address)
}

function readTypedEmail(given: string): string {
  try {
    return readEmail(given)
  } catch {
    throw new AuthFault(422, 'validation_failed', 'Invalid email format')
  }
}
