import { z } from 'zod'
import { audit } from './audit.ts'
import { readBody, text } from './bodies.ts'
import { exchangeCode } from './code-exchange.ts'
import { AuthFault, invalid } from './fault.ts'
import { callHook, hookMetadata } from './hook-call.ts'
import type { Means } from './means.ts'
import { matchesHash, passwordFaults } from './passwords.ts'
import type { Queryable } from './people.ts'
import { idTokenGrant, web3Grant } from './providers.ts'
import { refresh } from './refresh.ts'
import { startSession } from './sessions.ts'
import { inTransaction } from './transaction.ts'

const wrong = () => new AuthFault(400, 'invalid_credentials', 'Invalid login credentials')

const Body = z.object({ email: text, phone: text, password: text })

const Account = z.object({
  id: z.guid(),
  email: z.string(),
  data: z.record(z.string(), z.unknown()),
  hash: z.string(),
  confirmed: z.boolean(),
  banned: z.boolean(),
})

/** Takes as long as a wrong password does, so that time does not tell which addresses are known. */
const decoy = '$2a$10$abcdefghijklmnopqrstuuQ7bQYyVqJcXrZ1yTqk8GZ3v0Gq4cZ4e'

const grants: Record<string, (means: Means, request: Request) => Promise<Response>> = {
  password,
  refresh_token: refresh,
  pkce: exchangeCode,
  id_token: (_, request) => idTokenGrant(request),
  web3: async () => web3Grant(),
}

/** POST /token */
export async function token(means: Means, request: Request): Promise<Response> {
  const name = new URL(request.url).searchParams.get('grant_type') ?? ''
  const grant = Object.hasOwn(grants, name) ? grants[name] : undefined
  if (!grant) throw new AuthFault(400, 'invalid_credentials', 'unsupported_grant_type')
  await means.limits.request(name === 'web3' ? 'web3' : 'token', request)
  return grant(means, request)
}

/** Says nothing of an account, not even that it is unverified or banned, to who does not know its password. */
async function password(means: Means, request: Request): Promise<Response> {
  const body = await readBody(request, Body)
  if (body.email && body.phone) {
    throw invalid('Only an email address or phone number should be provided on login.')
  }
  if (body.phone) throw new AuthFault(422, 'phone_provider_disabled', 'Phone logins are disabled')
  if (!body.email) throw invalid('missing email or phone')
  if (!means.settings.email.enable_signup) {
    throw new AuthFault(422, 'email_provider_disabled', 'Email logins are disabled')
  }
  const account = await findAccount(means.pool, body.email)
  const matches = await matchesHash(means.pool, body.password, account?.hash || decoy)
  if (account?.hash) await askHook(means, account.id, matches, request)
  if (!account?.hash || !matches) throw wrong()
  if (account.banned) throw new AuthFault(400, 'user_banned', 'User is banned')
  if (!account.confirmed) throw new AuthFault(400, 'email_not_confirmed', 'Email not confirmed')

  const session = await inTransaction(means.pool, async (db) => {
    await audit(db, { action: 'login', actor: account, traits: { provider: 'email' } })
    return startSession(means, db, { userId: account.id, method: 'password', request })
  })
  // A password from before the rules were made stricter still signs in; the client is told.
  const { reasons, message } = passwordFaults(body.password, means.settings)
  return Response.json({ ...session, weak_password: reasons.length > 0 ? { message, reasons } : null })
}

const Decision = z.object({
  decision: z.string().optional(),
  message: z.string().optional(),
  should_logout_user: z.boolean().optional(),
})

/** Lets the project's `password_verification_attempt` hook count wrong passwords, and lock somebody out. */
async function askHook(means: Means, userId: string, valid: boolean, request: Request): Promise<void> {
  const hook = means.settings.hook.password_verification_attempt
  if (!hook?.enabled) return
  const metadata = hookMetadata('password-verification', request)
  const answer = await inTransaction(means.pool, (db) =>
    callHook(db, hook.uri, { metadata, user_id: userId, valid }),
  )
  const { decision, message, should_logout_user: ends } = Decision.parse(answer ?? {})
  if (decision !== 'reject') return
  if (ends) await means.pool.query('delete from auth.sessions where user_id = $1', [userId])
  const sentence = message || 'Further password verification attempts will be rejected.'
  throw new AuthFault(400, 'invalid_credentials', sentence)
}

async function findAccount(db: Queryable, email: string): Promise<z.infer<typeof Account> | undefined> {
  const { rows } = await db.query(
    `select id, email, coalesce(raw_user_meta_data, '{}') as data, coalesce(encrypted_password, '') as hash,
       email_confirmed_at is not null as confirmed, coalesce(banned_until > now(), false) as banned
     from auth.users where lower(email) = lower($1) and not is_sso_user limit 1`,
    [email.trim()],
  )
  return rows[0] && Account.parse(rows[0])
}
