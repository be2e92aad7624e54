import { readFile } from 'node:fs/promises'
import { getAuthSchemaSql, getStorageSchemaSql } from '@supabase/lite'
import { withClient } from './sql.ts'

const part = (name: string) => readFile(new URL(`./prepare/${name}.sql`, import.meta.url), 'utf8')

/** Statements run as the role that shall own what they make. */
const as = (role: string, statements: string) => `set local role ${role};\n${statements};\nreset role;\n`

/**
 * Makes an empty database what Supabase hands to a new project; done once, in one transaction. `adminUrl` names the
 * database and must be `supabase_admin`'s. Any database of the cluster may be prepared, such as a template for tests.
 */
export async function prepare(adminUrl: string): Promise<void> {
  await withClient(adminUrl, async (client) => {
    const { rows } = await client.query<{ done: boolean }>(
      `select exists (select from pg_namespace where nspname = 'realtime') as done`,
    )
    if (rows[0]?.done) return
    await client.query('begin')
    await client.query(await part('roles'))
    await client.query(await part('database'))
    await client.query(
      as('supabase_auth_admin', `set local search_path to auth, extensions;\n${getAuthSchemaSql()}`),
    )
    await client.query(await part('auth'))
    await client.query(as('supabase_storage_admin', getStorageSchemaSql()))
    await client.query(await part('storage'))
    await client.query(await part('realtime'))
    await client.query(await part('guard'))
    await client.query('commit')
  })
}
