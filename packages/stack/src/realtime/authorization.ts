import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { Fault } from './fault.ts'
import type { Json } from './protocol.ts'
import type { Identity } from './token.ts'

export type Extension = 'broadcast' | 'presence'
export type Allowed = Partial<Record<Extension, boolean>>

type Asker = { identity: Identity; topic: string; headers: Json }

/**
 * Asks the policies on `realtime.messages` what a person may do on a topic, by trying it: a row is put there, or looked
 * for, as that person, in a transaction that is always rolled back. Throws a Fault where they cannot be asked: the
 * database is away or busy, or a policy raised an error.
 */
export class Authorization {
  readonly #pool: pg.Pool
  constructor(pool: pg.Pool) {
    this.#pool = pool
  }

  mayRead(asker: Asker, extensions: Extension[]): Promise<Allowed> {
    return this.#trial(async (client) => {
      const ids = extensions.map(() => randomUUID())
      await client.query(
        `insert into realtime.messages (id, topic, extension) select id, $2, extension
         from unnest($1::uuid[], $3::text[]) as probe (id, extension)`,
        [ids, asker.topic, extensions],
      )
      await become(client, asker)
      const { rows } = await client.query<{ id: string }>(
        'select id from realtime.messages where id = any ($1::uuid[])',
        [ids],
      )
      const seen = new Set(rows.map((row) => row.id))
      return Object.fromEntries(extensions.map((extension, i) => [extension, seen.has(ids[i] ?? '')]))
    })
  }

  mayWrite(asker: Asker, extensions: Extension[]): Promise<Allowed> {
    return this.#trial(async (client) => {
      await become(client, asker)
      const allowed: Allowed = {}
      for (const extension of extensions) allowed[extension] = await accepted(client, asker.topic, extension)
      return allowed
    })
  }

  async #trial(ask: (client: pg.PoolClient) => Promise<Allowed>): Promise<Allowed> {
    const client = await this.#pool.connect().catch((error: unknown) => {
      throw away(error)
    })
    let broken: Error | undefined
    try {
      await client.query('begin')
      return await ask(client)
    } catch (error) {
      throw unanswered(error)
    } finally {
      await client.query('rollback').catch((error: Error) => {
        broken = error
      })
      client.release(broken)
    }
  }
}

/** Our connection is a superuser's, so only a role that the Data API could take may be taken. */
async function become(client: pg.PoolClient, { identity, topic, headers }: Asker): Promise<void> {
  const { role, claims } = identity
  const { rowCount } = await client.query(
    `select set_config('role', $1, true), set_config('realtime.topic', $2, true),
       set_config('request.jwt.claims', $3, true), set_config('request.jwt.claim.sub', $4, true),
       set_config('request.jwt.claim.role', $1, true), set_config('request.headers', $5, true)
     where pg_has_role('authenticator', $1, 'member')`,
    [
      role,
      topic,
      JSON.stringify(claims),
      typeof claims.sub === 'string' ? claims.sub : '',
      JSON.stringify(headers),
    ],
  )
  if (rowCount !== 1) throw new Fault('RlsPolicyError', `"${role}" is not a role of the Data API`)
}

async function accepted(client: pg.PoolClient, topic: string, extension: Extension): Promise<boolean> {
  await client.query('savepoint probe')
  try {
    await client.query('insert into realtime.messages (topic, extension) values ($1, $2)', [topic, extension])
    return true
  } catch (error) {
    if (sqlState(error) !== '42501') throw error
    return false
  } finally {
    await client.query('rollback to savepoint probe')
  }
}

const away = (cause: unknown) =>
  new Fault('UnableToConnectToProject', 'Realtime was unable to connect to the project database', cause)

function unanswered(error: unknown): Fault {
  if (error instanceof Fault) return error
  if (!(error instanceof pg.DatabaseError)) return away(error)
  if (error.code === '57014') return new Fault('QueryCanceled', error.message, error)
  // No connection, no resources, shutting down. Everything else is what a policy raised.
  if (/^(08|53|57)/.test(error.code ?? '')) return away(error)
  return new Fault('RlsPolicyError', error.message, error)
}

const sqlState = (error: unknown) => (error instanceof pg.DatabaseError ? error.code : undefined)
