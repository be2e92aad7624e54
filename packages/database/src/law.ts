import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import { getConstructionPlans } from 'pg-boss'

const root = new URL('../../../', import.meta.url)
const lawFolder = fileURLToPath(new URL('sql/', root))
const migrationsFolder = fileURLToPath(new URL('supabase/migrations/', root))

export type SqlFile = { name: string; text: string }

/** The files of `sql/` in the order in which they build a database: by number, a folder's files in its place. */
export async function lawFiles(): Promise<SqlFile[]> {
  const names = (await readdir(lawFolder, { recursive: true })).filter((name) => name.endsWith('.sql')).sort()
  return readAll(lawFolder, names)
}

/** The migrations in the order of their versions. */
export async function migrationFiles(): Promise<SqlFile[]> {
  const names = (await readdir(migrationsFolder)).filter((name) => /^\d{14}_.+\.sql$/.test(name)).sort()
  return readAll(migrationsFolder, names)
}

const readAll = (folder: string, names: string[]): Promise<SqlFile[]> =>
  Promise.all(names.map(async (name) => ({ name, text: await readFile(`${folder}${name}`, 'utf8') })))

/**
 * pg-boss's own schema, as its construction plan makes it; the transaction around it is ours to open. Its functions
 * name what they use with its schema, so a fixed search_path changes nothing but that nobody can bend it.
 */
export const queueSchema = (): string => `${getConstructionPlans('pgboss')
  .replace(/^\s*(BEGIN|COMMIT);\s*$/gm, '')
  .replace(/[ \t]+$/gm, '')
  .trim()}

do $$
declare
  unpinned regprocedure;
begin
  for unpinned in select oid from pg_proc where pronamespace = 'pgboss'::regnamespace loop
    execute format('alter function %s set search_path = %L', unpinned, '');
  end loop;
end;
$$;
`

/** Runs each file as one transaction, and says which one failed. */
export async function runFiles(client: pg.ClientBase, files: SqlFile[]): Promise<void> {
  for (const { name, text } of files) {
    try {
      await client.query(`begin;\n${text}\n;commit;`)
    } catch (error) {
      await client.query('rollback')
      throw new Error(`${name}: ${(error as Error).message}`, { cause: error })
    }
  }
}

/** Builds the database from `sql/` alone. The database must be one that Supabase (or the stack) has prepared. */
export async function buildFromLaw(client: pg.ClientBase): Promise<void> {
  await runFiles(client, [{ name: 'pgboss', text: queueSchema() }, ...(await lawFiles())])
}

/** Builds it from the migrations, as a project that is deployed does. */
export async function buildFromMigrations(client: pg.ClientBase): Promise<void> {
  await runFiles(client, await migrationFiles())
}
