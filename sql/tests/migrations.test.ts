import { readFile } from 'node:fs/promises'
import { jobs, queuesOf } from '@p2p/contracts'
import {
  buildFromLaw,
  buildFromMigrations,
  catalogue,
  derivedMigrations,
  generateTypes,
  migrationFiles,
  statementsBetween,
} from '@p2p/database'
import { emptyDatabase, type ScratchDatabase, withClient } from '@p2p/database/testing/database'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'

let migrated: ScratchDatabase
let law: ScratchDatabase

beforeAll(async () => {
  migrated = await emptyDatabase(inject('adminUrl'), 'drift_migrations')
  law = await emptyDatabase(inject('adminUrl'), 'drift_law')
  await withClient(migrated.url, buildFromMigrations)
  await withClient(law.url, buildFromLaw)
})

afterAll(async () => {
  await migrated.drop()
  await law.drop()
})

describe('migrations and sql/ make the same database', () => {
  test('pg-delta finds nothing to do, either way', async () => {
    expect(await statementsBetween(migrated.url, law.url)).toEqual([])
    expect(await statementsBetween(law.url, migrated.url)).toEqual([])
  })

  test('the catalogues agree line by line', async () => {
    const [one, other] = [await withClient(migrated.url, catalogue), await withClient(law.url, catalogue)]
    expect(one.length).toBeGreaterThan(300)
    expect(one).toEqual(other)
  })

  test('the check sees a difference where there is one', async () => {
    const changed = await emptyDatabase(inject('adminUrl'), 'drift_changed')
    await withClient(changed.url, async (client) => {
      await buildFromLaw(client)
      await client.query('alter table public.topics add column subtitle text')
      await client.query('drop policy select_forum_reader on realtime.messages')
    })
    expect((await statementsBetween(changed.url, law.url)).join()).toContain('subtitle')
    const missing = new Set(await withClient(changed.url, catalogue))
    expect((await withClient(law.url, catalogue)).filter((line) => !missing.has(line))).toEqual([
      expect.stringContaining('policy realtime.messages select_forum_reader'),
    ])
    await changed.drop()
  })

  test('the derived migrations are current', async () => {
    const files = new Map((await migrationFiles()).map(({ name, text }) => [name, text]))
    for (const { name, text } of await derivedMigrations()) expect(files.get(name), name).toBe(text)
  })

  test('the types are current', async () => {
    const file = new URL('../../packages/database/src/database.types.ts', import.meta.url)
    expect(await readFile(file, 'utf8')).toBe(await generateTypes(law.url))
  })

  test('every job has its queue from the first day', async () => {
    const names = await withClient(migrated.url, async (client) => {
      const { rows } = await client.query<{ name: string }>('select name from pgboss.queue')
      return rows.map(({ name }) => name)
    })
    expect(names.sort()).toEqual(
      jobs
        .flatMap(queuesOf)
        .map(({ name }) => name)
        .sort(),
    )
  })
})
