import type { ConnectionContextOptions, VarsContext } from '@supabase/lite'
import { type IPostgresConnectionConfig, PostgresConnection } from '@supabase/lite/postgres'
import { sql } from 'kysely'
import { z } from 'zod'
import { calls } from './call.ts'

type Introspection = Awaited<ReturnType<PostgresConnection['introspect']>>
type Db = PostgresConnection['kysely']

/**
 * What there is in the database. Asked as the superuser, because @supabase/lite looks into information_schema, which
 * shows a role no more than what it may use itself; that is decided at each query, not here.
 */
export async function readCatalogue(adminUrl: string): Promise<Introspection> {
  const connection = new PostgresConnection({
    url: adminUrl,
    postgresOptions: { max: 1, onnotice: () => {} },
  })
  try {
    const catalogue = await connection.introspect({ useCache: false })
    // A failure inside comes back as an empty database, and there is no such thing.
    if (catalogue.tables.length === 0) throw new Error('The catalogue could not be read.')
    return catalogue
  } finally {
    await connection.close()
  }
}

/** What @supabase/lite says of the caller of a query. */
const Vars = z.object({
  auth: z
    .object({
      uid: z.string().nullish(),
      role: z.enum(['anon', 'authenticated', 'service_role']),
      jwt: z.unknown(),
    })
    .optional(),
  storage: z.object({ operation: z.string().nullish() }).optional(),
})

/** Carries a result out of a transaction that must not last. */
class RolledBack extends Error {
  readonly result: unknown
  constructor(result: unknown) {
    super('rolled back as asked')
    this.result = result
  }
}

/**
 * A connection that runs each query as its caller, in a transaction of its own, with the settings PostgREST makes.
 *
 * It replaces the way @supabase/lite does that, which would `grant all on all tables` to the API roles at the first
 * request and so undo what the migrations keep closed; and which takes five round trips where this takes one.
 */
export class CallerConnection extends PostgresConnection {
  readonly #catalogue: Introspection

  constructor(config: IPostgresConnectionConfig, catalogue: Introspection) {
    super(config)
    this.#catalogue = catalogue
  }

  /** As it was when this connection was made: after a change of the schema one makes a new connection. */
  override async introspect(): Promise<Introspection> {
    return this.#catalogue
  }

  override async withContext<T>(
    given: VarsContext | undefined,
    work: (db: Db) => Promise<T>,
    options: ConnectionContextOptions = {},
  ): Promise<T> {
    const vars = Vars.parse(given ?? {})
    const enter = async (db: Db) => {
      await applySettings(db, settingsFor(vars))
      return work(db)
    }
    if (options.transaction) return enter(options.transaction)
    if (!options.forceRollback) return this.kysely.transaction().execute(enter)
    try {
      return await this.kysely.transaction().execute(async (db) => {
        throw new RolledBack(await enter(db))
      })
    } catch (error) {
      if (error instanceof RolledBack) return error.result as T
      throw error
    }
  }
}

function settingsFor({ auth, storage }: z.infer<typeof Vars>): Record<string, string> {
  const request = calls.getStore()
  const claims = auth?.jwt ?? { role: auth?.role ?? 'anon' }
  const settings: Record<string, string> = {
    role: auth?.role ?? 'anon',
    'request.jwt.claims': JSON.stringify(claims),
    'request.jwt.claim.sub': auth?.uid ?? '',
    'request.jwt.claim.role': auth?.role ?? 'anon',
    'request.method': request?.method ?? '',
    'request.path': request?.path ?? '',
    'request.headers': JSON.stringify(request?.headers ?? {}),
    // What reads is kept from writing, whatever a function in between would do.
    transaction_read_only: request?.method === 'GET' || request?.method === 'HEAD' ? 'on' : 'off',
  }
  return storage ? { ...settings, 'storage.operation': storage.operation ?? '' } : settings
}

async function applySettings(db: Db, settings: Record<string, string>): Promise<void> {
  const calls = Object.entries(settings).map(([name, value]) => sql`set_config(${name}, ${value}, true)`)
  await sql`select ${sql.join(calls)}`.execute(db)
}
