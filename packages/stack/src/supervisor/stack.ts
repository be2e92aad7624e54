import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config, Part as PartName } from '../config.ts'
import { reasonOf } from '../log.ts'
import { readProject } from '../project.ts'
import { keepDatabase, makeFolder } from './database.ts'
import { keepPart, type Part } from './part.ts'
import { plans } from './plans.ts'
import { isListening, isTaken, ownerOf } from './port-owner.ts'
import { beganAt, forgetStatus, liveStatus, type State, writeStatus } from './status.ts'

const againMs = 10_000

export type StackOptions = {
  /** Fill a new database with the demo world. */
  demo?: boolean
  web?: boolean
  worker?: boolean
  studio?: boolean
  /** False for a stack that is thrown away: quicker, and lost when the machine stops. */
  durable?: boolean
  /** Told each step, in words. */
  say?: (line: string) => void
}

export type Stack = {
  config: Config
  /** Starts over with an empty database, the migrations and the demo world. */
  reset(): Promise<void>
  /** Ends every part, the database last. */
  stop(): Promise<void>
}

/** Starts the whole embedded stack and resolves when all of it answers. */
export async function startStack(config: Config, options: StackOptions = {}): Promise<Stack> {
  const { demo = true, web = true, worker = true, studio = true, durable = true, say = () => {} } = options
  const left = [...(web ? [] : ['web']), ...(worker ? [] : ['worker']), ...(studio ? [] : ['studio', 'meta'])]
  await refuseSecond(config)
  await makeFolder(config.dir)
  await refuseTakenPorts(config, left, say)

  const project = await readProject(config)
  const logs = join(config.dir, 'logs')
  const began = await beganAt(process.pid)
  let state: State = 'starting'
  let generation = 0
  let why: string | undefined
  let writing = Promise.resolve()
  const parts = new Map<string, Part>()

  const record = () => {
    const all = [
      ['postgres', database.state()] as const,
      ...[...parts].map(([name, part]) => [name, part.state()] as const),
    ]
    const status = {
      pid: process.pid,
      began,
      state,
      generation,
      port: config.port,
      parts: Object.fromEntries(all),
    }
    writing = writing.then(() => writeStatus(config.dir, why ? { ...status, why } : status)).catch(() => {})
  }
  const become = (next: State) => {
    state = next
    record()
  }
  const changed = (line?: string) => {
    if (line) say(line)
    record()
  }
  const database = keepDatabase(config, project, {
    demo,
    durable,
    changed,
    log: await fileLog(join(logs, 'postgres.log')),
  })
  for (const [name, plan] of Object.entries(plans(config, project))) {
    if (!left.includes(name)) parts.set(name, keepPart(plan, logs, changed))
  }
  const named = (names: string[]) => names.flatMap((name) => parts.get(name) ?? [])
  const start = (...names: string[]) => Promise.all(named(names).map((part) => part.start()))
  const stop = (...names: string[]) => Promise.all(named(names).map((part) => part.stop()))

  async function up(): Promise<void> {
    await Promise.all([database.start(), start('mail', 'web')])
    await start('gateway', 'realtime', 'functions', 'worker')
    // Neither is needed by the others, and both are slow: whoever waits for the stack does not wait for them.
    for (const name of ['studio', 'meta']) void startInTime(name)
  }
  /** A first start that fails is tried again: the system may lend a port to a connection at any moment. */
  async function startInTime(name: string): Promise<void> {
    while (state !== 'stopping' && state !== 'failed') {
      const failed = await start(name).then(() => undefined, reasonOf)
      if (failed === undefined) return
      say(failed)
      await new Promise((tick) => setTimeout(tick, againMs).unref())
    }
  }
  async function down(): Promise<void> {
    await stop('web', 'worker', 'functions', 'studio', 'meta')
    await stop('gateway', 'realtime', 'mail')
    await database.stop()
  }

  become('starting')
  try {
    await up()
  } catch (error) {
    why = reasonOf(error)
    await down()
    become('failed')
    await writing
    throw error
  }
  become('ready')
  await writing

  return {
    config,
    async reset() {
      become('resetting')
      await stop('worker', 'functions', 'studio', 'meta', 'gateway', 'realtime')
      await database.stop()
      await database.erase()
      generation += 1
      await up()
      become('ready')
      await writing
    },
    async stop() {
      become('stopping')
      await down()
      await writing
      await forgetStatus(config.dir)
    },
  }
}

type Say = (line: string) => void

async function refuseSecond(config: Config): Promise<void> {
  const other = await liveStatus(config.dir)
  if (!other || other.state === 'failed') return
  throw new Error(
    `A stack runs in ${config.dir} already (process ${other.pid}, port ${other.port}).\n` +
      'Stop it with "npm run stack -- stop", or start another beside it with STACK_PORT and STACK_DIR.',
  )
}

async function refuseTakenPorts({ ports, port }: Config, left: string[], say: Say): Promise<void> {
  const wanted = (Object.entries(ports) as [PartName, number][]).filter(([part]) => !left.includes(part))
  await freed(wanted, say)
  const taken: string[] = []
  for (const [part, number] of wanted) {
    if (!(await isTaken(number))) continue
    taken.push(`  ${number} (${part}): ${(await ownerOf(number)) ?? 'by somebody this user may not see'}`)
  }
  if (taken.length === 0) return
  throw new Error(
    `These ports are taken:\n${taken.join('\n')}\n` +
      `The stack uses ${port} and the ones after it, and ${ports.web} for the web app. ` +
      'Move all of them with STACK_PORT, for example STACK_PORT=55321 STACK_DIR=.stack-2 npm start.',
  )
}

// The system gives these numbers to outgoing connections too, and holds one for a minute after its connection has ended.
const closingMs = 65_000

/** Waits for ports that nobody listens on and that still can't be had. */
async function freed(wanted: [PartName, number][], say: Say): Promise<void> {
  const deadline = Date.now() + closingMs
  for (const [part, number] of wanted) {
    let told = false
    while ((await isTaken(number)) && !(await isListening(number)) && Date.now() < deadline) {
      if (!told) say(`waiting for port ${number} (${part}): a connection that used it is closing`)
      told = true
      await new Promise((tick) => setTimeout(tick, 1_000))
    }
  }
}

async function fileLog(file: string): Promise<(line: string) => void> {
  await writeFile(file, '')
  let writing = Promise.resolve()
  return (line) => {
    writing = writing.then(() => writeFile(file, `${line}\n`, { flag: 'a' })).catch(() => {})
  }
}
