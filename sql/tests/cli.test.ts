import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { migrationFiles } from '@p2p/database'
import { emptyDatabase, type ScratchDatabase, withClient } from '@p2p/database/testing/database'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'

/* Supabase's own CLI on this project: what people run against hosted is run here against a database prepared as hosted. */

let database: ScratchDatabase
beforeAll(async () => {
  database = await emptyDatabase(inject('adminUrl'), 'of_the_cli')
})
afterAll(() => database?.drop())

async function supabase(...words: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('supabase', [...words, `--remote=${database.url}`], {
    env: { ...process.env, PGSSLMODE: 'disable', SUPABASE_TELEMETRY_DISABLED: '1' },
  })
  return stdout
}

const rows = (text: string) => withClient(database.url, async (client) => (await client.query(text)).rows)
const people = async () => (await rows('select count(*)::int as count from auth.users'))[0].count

describe('the Supabase CLI', { timeout: 60_000 }, () => {
  test('pushes the migrations and the demo world', async () => {
    await supabase('db', 'push', '--yes', '--include-seed')
    expect(await people()).toBeGreaterThan(5)
    expect(await rows('select from public.topics')).not.toEqual([])
  })

  test('finds every migration here and there', async () => {
    const listed = (await supabase('migration', 'list')).matchAll(/`(\d{14})` \| `(\d{14})`/g)
    const versions = (await migrationFiles()).map(({ name }) => name.slice(0, 14))
    expect([...listed].map(([, local, remote]) => [local, remote])).toEqual(
      versions.map((version) => [version, version]),
    )
  })

  test('has nothing more to push', async () => {
    expect(await supabase('db', 'push', '--yes', '--dry-run')).toMatch(/up to date/i)
  })

  test('generates the types of the schema', async () => {
    const types = await supabase('gen', 'types', '--lang', 'typescript', '--schema', 'public')
    for (const name of ['"topics"', '"organization_status"', 'topic_page']) expect(types).toContain(name)
  })

  test('starts over: what somebody made by hand is gone, the demo world is back', async () => {
    await rows('create table public.left_behind (id int)')
    await rows(`update auth.users set email = 'nobody-' || email`)
    await supabase('db', 'reset', '--yes')
    expect(await rows(`select from pg_tables where tablename = 'left_behind'`)).toEqual([])
    expect(await rows(`select from auth.users where email like 'nobody-%'`)).toEqual([])
    expect(await people()).toBeGreaterThan(5)
  })

  test('starts over without the demo world', async () => {
    await supabase('db', 'reset', '--yes', '--no-seed')
    expect(await people()).toBe(0)
    expect(await rows('select from public.categories')).not.toEqual([])
  })
})
