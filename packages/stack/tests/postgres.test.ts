import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Postgres, startPostgres } from '../src/postgres.ts'
import { withClient } from '../src/sql.ts'
import { freePort } from '../testing/postgres.ts'

let dir: string
let port: number
const running: Postgres[] = []
beforeEach(async () => {
  // mkdtemp closes the folder to everybody else, as /root is: Postgres, which is somebody else there, must get in.
  dir = await mkdtemp(join(tmpdir(), 'p2p-closed-'))
  port = await freePort()
})
afterEach(async () => {
  for (const postgres of running.splice(0)) await postgres.stop()
  await rm(dir, { recursive: true, force: true })
})

async function start(): Promise<Postgres> {
  const postgres = await startPostgres({ dir, port })
  running.push(postgres)
  return postgres
}
const ask = async ({ adminUrl }: Postgres, statement: string) =>
  (await withClient(adminUrl, (client) => client.query(statement))).rows

describe('Postgres', () => {
  test('keeps its data, and comes up after it was killed and its process number is somebody else’s', async () => {
    const first = await start()
    await ask(first, `create table kept as select 'this' as text`)
    process.kill(first.pid, 'SIGKILL')
    await first.exited
    const lock = join(dir, 'data', 'postmaster.pid')
    await writeFile(lock, (await readFile(lock, 'utf8')).replace(/^\d+/, String(process.pid)))
    expect(await ask(await start(), 'select text from kept')).toEqual([{ text: 'this' }])
  })

  test('ends one that was left running in the same folder', async () => {
    const left = await start()
    const next = await start()
    await left.exited
    expect(await ask(next, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  test('says why it does not come up', async () => {
    const other = createServer().listen(port, '127.0.0.1')
    await new Promise((listening) => other.once('listening', listening))
    await expect(start()).rejects.toThrow(/Postgres did not come up: .*Address already in use/)
    other.close()

    await writeFile(join(dir, 'data', 'PG_VERSION'), '12\n')
    await expect(start()).rejects.toThrow(/did not come up: .*initialized by PostgreSQL version 12/)
  })
})
