import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { z } from 'zod'
import { AuthFault, failure } from './fault.ts'
import { type AuthService, inTransaction } from './service.ts'

const Answer = z.object({
  error: z
    .object({ http_code: z.number().int().min(200).max(599).default(500), message: z.string() })
    .optional(),
})

const patience = '2s'

type Candidate = { id: string; email: string; data: Record<string, unknown> }

/** Asks the function named in config.toml whether this person may be made; its refusal is the answer to the caller. */
export async function beforeUserCreated(
  service: AuthService,
  candidate: Candidate,
  ip: string,
): Promise<void> {
  const hook = service.settings.hook.before_user_created
  if (!hook?.enabled) return
  const [schema, name] = new URL(hook.uri).pathname.split('/').filter(Boolean)
  if (!schema || !name) throw new Error(`supabase/config.toml: ${hook.uri} names no function`)
  const call = `select ${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}($1::jsonb) as answer`

  const said = await inTransaction(service.pool, async (db) => {
    await db.query(`set local statement_timeout to '${patience}'`)
    const { rows } = await db.query(call, [eventFor(candidate, ip)])
    return rows[0]?.answer
  }).catch((cause) => {
    throw failure(`Error running hook URI: ${hook.uri}`, cause)
  })
  const { error } = Answer.parse(said ?? {})
  if (!error?.message) return
  throw new AuthFault(
    error.http_code,
    error.http_code >= 500 ? 'unexpected_failure' : 'unknown',
    error.message,
  )
}

const eventFor = ({ id, email, data }: Candidate, ip: string) => {
  const now = new Date().toISOString()
  return {
    metadata: { uuid: randomUUID(), time: now, name: 'before-user-created', ip_address: ip },
    user: {
      id,
      aud: 'authenticated',
      role: '',
      email,
      phone: '',
      app_metadata: { provider: 'email', providers: ['email'] },
      user_metadata: data,
      identities: [],
      created_at: now,
      updated_at: now,
      is_anonymous: false,
    },
  }
}
