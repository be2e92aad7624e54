import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { z } from 'zod'
import { addressOf } from './address.ts'
import { AuthFault, failure } from './fault.ts'
import type { Queryable } from './people.ts'

const Refusal = z.object({
  error: z.object({
    http_code: z.number().int().min(200).max(599).nullish(),
    message: z.string().min(1),
  }),
})

const patience = '2s'

/** What every hook is told beside its subject: when, and for whom it is asked. */
export const hookMetadata = (name: string, request: Request) => ({
  uuid: randomUUID(),
  time: new Date().toISOString(),
  name,
  ip_address: addressOf(request),
})

/**
 * Asks the function that a hook of config.toml names (`pg-functions://postgres/<schema>/<name>`), within the caller's
 * transaction, and returns what it answers. Its refusal, with its own status and sentence, is the answer to the caller.
 */
export async function callHook(db: Queryable, uri: string, event: unknown): Promise<unknown> {
  const answer = await ask(db, uri, event).catch((cause) => {
    throw failure(`Error running hook URI: ${uri}`, cause)
  })
  const { data } = Refusal.safeParse(answer)
  if (!data) return answer
  const status = data.error.http_code || 500
  throw new AuthFault(status, status >= 500 ? 'unexpected_failure' : 'unknown', data.error.message)
}

async function ask(db: Queryable, uri: string, event: unknown): Promise<unknown> {
  const { protocol, pathname } = new URL(uri)
  const [schema, name] = pathname.split('/').filter(Boolean)
  if (protocol !== 'pg-functions:' || !schema || !name) {
    throw new Error('Only hooks that are functions of the database can be called here.')
  }
  await db.query(`set local statement_timeout to '${patience}'`)
  const { rows } = await db.query(
    `select ${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}($1::jsonb) as answer`,
    [JSON.stringify(event)],
  )
  await db.query('set local statement_timeout to default')
  return rows[0]?.answer
}
