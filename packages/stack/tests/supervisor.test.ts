import { spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root, stackConfig } from '../src/config.ts'
import { run } from '../src/run.ts'
import { withClient } from '../src/sql.ts'
import { isTaken } from '../src/supervisor/port-owner.ts'
import { liveStatus } from '../src/supervisor/status.ts'
import { freeBlock, startTestStack, type TestStack, temporaryFolder } from '../testing/stack.ts'

const partsOf = async (dir: string) => (await liveStatus(dir))?.parts ?? {}

describe('a running stack', () => {
  let stack: TestStack
  let dir: string
  beforeAll(async () => {
    dir = await temporaryFolder()
    stack = await startTestStack({ dir })
  })
  afterAll(async () => {
    await stack?.stop()
    await rm(dir, { recursive: true, force: true })
  })
  const command = (...words: string[]) =>
    run(process.execPath, [fileURLToPath(new URL('scripts/stack.ts', `file://${root}`)), ...words], {
      cwd: root,
      env: { ...process.env, STACK_PORT: String(stack.config.port), STACK_DIR: dir },
    })

  test('prints where it is and its keys, under the names of supabase status', async () => {
    expect(JSON.parse(await command('status', '-o', 'json'))).toMatchObject({
      API_URL: stack.urls.api,
      DB_URL: stack.urls.database,
      MAILPIT_URL: stack.urls.mail,
      STUDIO_URL: stack.urls.studio,
      PUBLISHABLE_KEY: stack.keys.publishable,
      SECRET_KEY: stack.keys.secret,
      ANON_KEY: stack.keys.anon,
      SERVICE_ROLE_KEY: stack.keys.serviceRole,
      JWT_SECRET: stack.keys.jwtSecret,
      WEB_URL: stack.urls.web,
      WORKER_URL: stack.urls.worker,
    })
    expect(await command('status', '-o', 'env')).toContain(`API_URL="${stack.urls.api}"`)
  })

  test('starts a part again that ends by itself, and Postgres too', async () => {
    for (const name of ['realtime', 'postgres']) {
      process.kill((await partsOf(dir))[name]?.pid ?? 0, 'SIGKILL')
      await expect
        .poll(async () => (await partsOf(dir))[name], { timeout: 20_000 })
        .toMatchObject({ state: 'ready', restarts: 1 })
    }
    const answer = () =>
      fetch(`${stack.urls.api}/rest/v1/rpc/list_topics`, {
        method: 'POST',
        headers: { apikey: stack.keys.publishable },
      })
    await expect.poll(async () => (await answer()).status, { timeout: 20_000 }).toBe(401)
  })

  test('keeps a second one out of its folder, and off its ports', async () => {
    await expect(startTestStack({ dir })).rejects.toThrow(/runs in .* already \(process \d+, port \d+\)/)
    await expect(startTestStack({ port: stack.config.port })).rejects.toThrow(
      new RegExp(`${stack.config.ports.api} \\(api\\): process \\d+ .*STACK_PORT=`, 's'),
    )
  })

  test('runs beside another', async () => {
    const other = await startTestStack()
    expect((await fetch(`${other.urls.api}/storage/v1/status`)).status).toBe(200)
    await other.stop()
    expect((await fetch(`${stack.urls.api}/storage/v1/status`)).status).toBe(200)
  })

  test('starts over with an empty database and the migrations', async () => {
    await withClient(stack.urls.database, (client) =>
      client.query('create table public.left_behind (id int)'),
    )
    const mailBefore = (await liveStatus(stack.config.dir))?.parts.mail
    await stack.reset()
    // What ran through it was not started a second time.
    expect((await liveStatus(stack.config.dir))?.parts.mail).toEqual(mailBefore)
    const { rows } = await withClient(stack.urls.database, (client) =>
      client.query(
        `select to_regclass('public.left_behind') as gone, to_regclass('public.profiles') as here`,
      ),
    )
    expect(rows[0]).toEqual({ gone: null, here: 'profiles' })
  })
})

describe('a stack that', () => {
  test('is killed leaves no process and no taken port, and starts again with its data', async () => {
    const [port, dir] = [await freeBlock(), await temporaryFolder()]
    const start = async () => {
      const child = spawn(process.execPath, [
        fileURLToPath(new URL('supervised.ts', import.meta.url)),
        String(port),
        dir,
      ])
      await new Promise<void>((ready, failed) => {
        child.stdout.once('data', () => ready())
        child.once('exit', () => failed(new Error('it did not start')))
      })
      return child
    }
    const first = await start()
    const { database } = stackConfig({ STACK_PORT: port, STACK_DIR: dir }).urls
    const rows = async (statement: string) =>
      (await withClient(database, (client) => client.query(statement))).rows
    await rows(`create table public.kept as select 'this' as text`)
    await fetch(`http://127.0.0.1:${port}/functions/v1/health`)
    const groups = Object.values(await partsOf(dir)).map(({ pid }) => pid)
    const members = await membersOf(groups)
    expect(members.length).toBeGreaterThanOrEqual(groups.length)

    first.kill('SIGKILL')
    await expect.poll(() => members.filter(isAlive), { timeout: 20_000 }).toEqual([])
    for (let offset = 0; offset < 10; offset++) expect(await isTaken(port + offset)).toBe(false)

    const second = await start()
    expect(await rows('select text from public.kept')).toEqual([{ text: 'this' }])
    const ended = new Promise((gone) => second.once('exit', gone))
    second.kill('SIGTERM')
    expect(await ended).toBe(0)
    expect(await isTaken(port + 1)).toBe(false)
    await rm(dir, { recursive: true, force: true })
  })

  test('is stopped may be started again by the same process', async () => {
    const dir = await temporaryFolder()
    for (const _ of ['first', 'second']) {
      const stack = await startTestStack({ dir })
      expect((await liveStatus(dir))?.state).toBe('ready')
      await stack.stop()
      expect(await liveStatus(dir)).toBeUndefined()
    }
    await rm(dir, { recursive: true, force: true })
  })

  test('finds a port taken says by whom, and how to move', async () => {
    const port = await freeBlock()
    const other = createServer().listen(port + 3, '127.0.0.1')
    await new Promise((listening) => other.once('listening', listening))
    await expect(startTestStack({ port })).rejects.toThrow(
      new RegExp(`${port + 3} \\(mail\\): process ${process.pid} .*STACK_PORT=`, 's'),
    )
    other.close()
  })

  test('cannot write to its folder says so', async () => {
    await expect(startTestStack({ dir: '/dev/null/stack' })).rejects.toThrow(
      /cannot be written to.*STACK_DIR/s,
    )
  })
})

/** The processes of these groups, and the children of their members that went their own way, such as Deno. */
async function membersOf(groups: (number | undefined)[]): Promise<number[]> {
  const rows = (await run('ps', ['-eo', 'pid=,pgid=,ppid=']))
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
  const inside = new Set(rows.filter(([, group]) => groups.includes(group)).map(([pid]) => pid ?? 0))
  for (const [pid, , parent] of rows) if (pid && inside.has(parent ?? 0)) inside.add(pid)
  return [...inside]
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
