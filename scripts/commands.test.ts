import { execFile } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'

const root = new URL('..', import.meta.url)
const run = (script: string) =>
  promisify(execFile)(process.execPath, [`scripts/${script}`], { cwd: fileURLToPath(root) })

/** What each command writes. The repository holds it already: running the command must change nothing. */
const writes: Record<string, string> = {
  'db-migrations.ts': 'supabase/migrations/20261121000100_baseline.sql',
  'db-types.ts': 'packages/database/src/database.types.ts',
  'permissions-page.ts': 'sql/PERMISSIONS.md',
  'conformance-page.ts': 'packages/stack/README.md',
  'mail-build.ts': 'supabase/templates/confirmation.html',
}

describe('a command that writes what is derived', () => {
  test.for(Object.entries(writes))('%s writes %s as it stands', async ([script, path], { expect }) => {
    const file = new URL(path, root)
    const [before, then] = [await readFile(file, 'utf8'), await stat(file)]
    await run(script)
    expect(await readFile(file, 'utf8')).toBe(before)
    expect((await stat(file)).mtimeMs).toBeGreaterThan(then.mtimeMs)
  })
})

test('where nothing is missing, nothing is installed and nothing is said', async () => {
  expect(await run('bootstrap.mjs')).toEqual({ stdout: '', stderr: '' })
})
