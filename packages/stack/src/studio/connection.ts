import type { ConnectionContextOptions, VarsContext } from '@supabase/lite'
import { PostgresConnection } from '@supabase/lite/postgres'

type Db = PostgresConnection['kysely']

/** Studio works as the owner of the tables, as on hosted, and sees the schema as it is now. */
export class OwnerConnection extends PostgresConnection {
  override introspect() {
    return super.introspect({ useCache: false })
  }

  override async withContext<T>(
    _: VarsContext | undefined,
    work: (db: Db) => Promise<T>,
    options: ConnectionContextOptions = {},
  ): Promise<T> {
    if (options.transaction) return work(options.transaction)
    return this.kysely.transaction().execute(work)
  }
}
