import { access, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { root } from '../src/config.ts'
import { prepare } from '../src/prepare.ts'
import { run } from '../src/run.ts'
import { withClient } from '../src/sql.ts'
import { throwAwayPostgres } from '../testing/postgres.ts'
import { freeBlock, temporaryFolder } from '../testing/stack.ts'

test('a data folder of another version of the stack is refused, and it is said what to do', async () => {
  const { adminUrl, ...postgres } = await throwAwayPostgres()
  onTestFinished(() => postgres.stop())
  await prepare(adminUrl)
  await withClient(adminUrl, (client) =>
    client.query(`comment on role supabase_admin is 'prepared by version 1'`),
  )
  await expect(prepare(adminUrl)).rejects.toThrow(/another version.*npm run stack -- reset.*STACK_DIR/s)
})

test('a reset where no stack runs removes what one left, and nothing else', async () => {
  const dir = await temporaryFolder()
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  await mkdir(join(dir, 'postgres/data'), { recursive: true })
  await mkdir(join(dir, 'storage'))
  await writeFile(join(dir, 'kept.txt'), 'kept')
  const env = { ...process.env, STACK_PORT: String(await freeBlock()), STACK_DIR: dir }
  const script = fileURLToPath(new URL('scripts/stack.ts', `file://${root}`))
  expect(await run(process.execPath, [script, 'reset'], { cwd: root, env })).toContain('npm start')
  const isThere = (name: string) =>
    access(join(dir, name)).then(
      () => true,
      () => false,
    )
  expect(await Promise.all(['postgres', 'storage', 'kept.txt'].map(isThere))).toEqual([false, false, true])
})
