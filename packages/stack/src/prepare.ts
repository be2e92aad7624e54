import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import type pg from 'pg'
import { withClient } from './sql.ts'

const folder = new URL('./prepare/', import.meta.url)
const part = (name: string) => readFile(new URL(`${name}.sql`, folder), 'utf8')

const authSubjects = ['people', 'oauth', 'sessions', 'sso']
const storageSubjects = ['tables', 'questions', 'lists', 'changes']

/** Statements run as the role that shall own what they make. */
const as = (role: string, statements: string) => `set local role ${role};\n${statements};\nreset role;\n`

/** Grows out of every statement here, so that a database tells by which of them it was made. */
async function version(): Promise<string> {
  const hash = createHash('sha256')
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.sql'))
  for (const file of files.sort()) hash.update(file).update(await readFile(new URL(file, folder)))
  return hash.digest('hex').slice(0, 16)
}

async function madeBy(client: pg.Client): Promise<string | null> {
  const { rows } = await client.query<{ mark: string | null }>(
    `select shobj_description(oid, 'pg_authid') as mark from pg_roles where rolname = 'supabase_admin'`,
  )
  return rows[0]?.mark ?? null
}

/**
 * Makes an empty database what Supabase hands to a new project; done once, in one transaction. `adminUrl` names the
 * database and must be `supabase_admin`'s. Any database of the cluster may be prepared, such as a template for tests.
 *
 * @throws where the database is of another version of these statements: they make a new one, they do not change an old.
 */
export async function prepare(adminUrl: string): Promise<void> {
  await withClient(adminUrl, async (client) => {
    const { rows } = await client.query<{ done: boolean }>(
      `select exists (select from pg_namespace where nspname = 'realtime') as done`,
    )
    const mark = `prepared by version ${await version()}`
    if (rows[0]?.done) {
      if ((await madeBy(client)) === mark) return
      throw new Error(
        'The data folder was made by another version of the stack. Remove what is in it with ' +
          '"npm run stack -- reset" and start again, or keep it and choose another with STACK_DIR.',
      )
    }
    await client.query('begin')
    // Roles belong to all databases of a cluster: whoever prepares another one at this moment waits.
    await client.query('lock table pg_catalog.pg_authid in share row exclusive mode')
    await client.query(await part('roles'))
    await client.query(await part('database'))
    for (const subject of authSubjects)
      await client.query(as('supabase_auth_admin', await part(`auth/${subject}`)))
    await client.query(as('supabase_auth_admin', await part('auth')))
    await client.query(await part('rate-limits'))
    for (const subject of storageSubjects)
      await client.query(as('supabase_storage_admin', await part(`storage/${subject}`)))
    for (const subject of ['', '-changes', '-rls']) await client.query(await part(`realtime${subject}`))
    await client.query(await part('graphql'))
    await client.query(await part('guard'))
    await client.query(`comment on role supabase_admin is '${mark}'`)
    await client.query('commit')
  })
}
