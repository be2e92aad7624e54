import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect } from 'vitest'
import { hold, tables } from '../testing/work.ts'
import { test, until, type Workshop } from '../testing/workshop.ts'

const entry = (path: string) => fileURLToPath(new URL(path, import.meta.url))

type Started = { process: ChildProcess; exit: Promise<number | null>; output: () => string }
const started: Started[] = []
afterEach(() => {
  for (const { process } of started.splice(0)) process.kill('SIGKILL')
})

function startProcess(file: string, env: Record<string, string>): Started {
  const child = spawn(process.execPath, [entry(file)], { env: { PATH: process.env.PATH, ...env } })
  let output = ''
  const keep = (text: Buffer) => {
    output += text
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const exit = once(child, 'exit').then(([code]) => code)
  const one = { process: child, exit, output: () => output }
  started.push(one)
  return one
}

/** A worker in a process of its own, ready to work. */
async function worker({ env }: Workshop, more: Record<string, string> = {}): Promise<Started> {
  const given = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)]))
  const one = startProcess('../testing/worker-process.ts', { ...given, ...more })
  await until(() => expect(one.output()).toContain('worker is ready'))
  return one
}

const ask = ({ db }: Workshop, key: string) =>
  db.query('select private.enqueue($1, $2)', [hold.name, { key }])
const open = ({ db }: Workshop, key: string) => db.query('insert into private.gates values ($1)', [key])
const steps = async ({ db }: Workshop, key: string) =>
  (await db.query('select step from private.steps where key = $1 order by ctid', [key])).rows.map(
    ({ step }) => step,
  )
const begun = (workshop: Workshop, key: string) =>
  until(async () => expect(await steps(workshop, key)).toEqual(['begun']))

describe('a worker that is killed', () => {
  test('leaves nobody’s data on its disk: the next removes it', async ({ workshop }) => {
    await workshop.db.query(tables)
    const TMPDIR = await mkdtemp(join(tmpdir(), 'p2p-worker-'))
    for (const name of ['p2p-export-old', 'p2p-export-young', 'another-old']) {
      await mkdir(join(TMPDIR, name, 'data'), { recursive: true })
      if (name.endsWith('old')) await utimes(join(TMPDIR, name), 0, 0)
    }
    await worker(workshop, { TMPDIR })
    const left = await readdir(TMPDIR)
    await rm(TMPDIR, { recursive: true })
    expect(left).toEqual(expect.arrayContaining(['another-old', 'p2p-export-young']))
    expect(left).not.toContain('p2p-export-old')
  })

  test('loses nothing: another does its job, once', async ({ workshop }) => {
    await workshop.db.query(tables)
    const killed = await worker(workshop)
    await ask(workshop, 'a')
    await begun(workshop, 'a')
    killed.process.kill('SIGKILL')
    await killed.exit
    expect(await workshop.jobs(hold.name)).toMatchObject([{ state: 'active' }])

    // As if the half minute had passed after which a job without a heartbeat counts as abandoned.
    await workshop.db.query(`update pgboss.job set heartbeat_on = heartbeat_on - interval '31 seconds'`)
    await workshop.db.query(
      `update pgboss.queue set monitor_claim_on = monitor_claim_on - interval '31 seconds'`,
    )
    await open(workshop, 'a')
    await worker(workshop)
    await until(async () => expect(await workshop.jobs(hold.name)).toMatchObject([{ state: 'completed' }]))
    expect(await steps(workshop, 'a')).toEqual(['begun', 'begun', 'ended'])
  })
})

describe('a worker that is told to stop', () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`by ${signal} ends what it has begun and begins nothing new`, async ({ workshop }) => {
      await workshop.db.query(tables)
      const { process, exit } = await worker(workshop)
      await ask(workshop, 'running')
      await begun(workshop, 'running')
      process.kill(signal)
      await until(async () => expect((await fetch(`${workshop.url}/health`)).status).toBe(503))
      await ask(workshop, 'late')
      await open(workshop, 'late')
      await open(workshop, 'running')

      expect(await exit).toBe(0)
      expect(await steps(workshop, 'running')).toEqual(['begun', 'ended'])
      expect(await steps(workshop, 'late')).toEqual([])
      expect((await workshop.jobs(hold.name)).map(({ state }) => state).sort()).toEqual([
        'completed',
        'created',
      ])
    })
  }

  test('gives back a job that takes too long to end', async ({ workshop }) => {
    await workshop.db.query(tables)
    const { process, exit } = await worker(workshop, { WORKER_STOP_SECONDS: '1' })
    await ask(workshop, 'endless')
    await begun(workshop, 'endless')
    process.kill('SIGTERM')
    expect(await exit).toBe(0)
    expect(await workshop.jobs(hold.name)).toMatchObject([{ state: 'retry' }])
  })

  test('twice goes at once', async ({ workshop }) => {
    await workshop.db.query(tables)
    const { process, exit, output } = await worker(workshop)
    await ask(workshop, 'endless')
    await begun(workshop, 'endless')
    process.kill('SIGTERM')
    await until(() => expect(output()).toContain('worker stops'))
    process.kill('SIGTERM')
    expect(await exit).toBe(1)
  })
})

test('a worker whose environment is wrong does not start, and names every fault', async () => {
  const { exit, output } = startProcess('./main.ts', { SMTP_URL: 'http://mail', WORKER_PORT: 'high' })
  expect(await exit).toBe(1)
  for (const name of [
    'DATABASE_URL',
    'SUPABASE_URL',
    'SUPABASE_SECRET_KEY',
    'SMTP_URL',
    'MAIL_FROM',
    'SITE_URL',
    'WORKER_PORT',
  ]) {
    expect(output()).toContain(name)
  }
})
