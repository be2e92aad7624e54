import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { splitSqlStatements } from '@supabase/lite'
import type pg from 'pg'
import { root } from '../config.ts'
import { reasonOf } from '../log.ts'
import { withClient } from '../sql.ts'

const folder = join(root, 'supabase', 'migrations')
const seedFile = 'supabase/seed.sql'

/** The CLI's own record of what was applied: `supabase migration list` reads what we write, and the other way round. */
const history = `
  create schema if not exists supabase_migrations;
  create table if not exists supabase_migrations.schema_migrations (version text not null primary key);
  alter table supabase_migrations.schema_migrations add column if not exists statements text[];
  alter table supabase_migrations.schema_migrations add column if not exists name text;
  create table if not exists supabase_migrations.seed_files (path text not null primary key, hash text not null);
`

/** Applies, as role `postgres`, the migrations that this database has not seen. Returns their names. */
export async function migrate(url: string): Promise<string[]> {
  return withClient(url, async (client) => {
    client.on('notice', () => {})
    await client.query(history)
    const { rows } = await client.query<{ version: string }>(
      'select version from supabase_migrations.schema_migrations',
    )
    const applied = new Set(rows.map(({ version }) => version))
    const files = (await readdir(folder).catch(() => []))
      .filter((file) => /^\d{14}_.+\.sql$/.test(file))
      .sort()
    const pending = files.filter((file) => !applied.has(file.slice(0, 14)))
    for (const file of pending) await apply(client, file)
    return pending
  })
}

/** A migration and its place in the record, or neither. */
async function apply(client: pg.Client, file: string): Promise<void> {
  const text = await readFile(join(folder, file), 'utf8')
  const [version, name] = [file.slice(0, 14), file.slice(15, -'.sql'.length)]
  try {
    await client.query('begin')
    await client.query(text)
    await client.query(
      'insert into supabase_migrations.schema_migrations (version, name, statements) values ($1, $2, $3)',
      [version, name, splitSqlStatements(text)],
    )
    await client.query('commit')
  } catch (cause) {
    await client.query('rollback')
    throw new Error(`The migration ${file} failed: ${reasonOf(cause)}`, {
      cause,
    })
  }
  // What a migration set for its session must not reach into the next.
  await client.query('reset all')
}

/** Fills a database with the demo world, once. */
export async function seed(url: string): Promise<boolean> {
  const text = await readFile(join(root, seedFile), 'utf8').catch(() => '')
  if (text === '') return false
  return withClient(url, async (client) => {
    client.on('notice', () => {})
    const { rows } = await client.query('select from supabase_migrations.seed_files where path = $1', [
      seedFile,
    ])
    if (rows.length > 0) return false
    try {
      await client.query('begin')
      await client.query(text)
      await client.query('insert into supabase_migrations.seed_files (path, hash) values ($1, $2)', [
        seedFile,
        createHash('sha256').update(text).digest('hex'),
      ])
      await client.query('commit')
      return true
    } catch (cause) {
      await client.query('rollback')
      throw new Error(`${seedFile} failed: ${reasonOf(cause)}`, { cause })
    }
  })
}
