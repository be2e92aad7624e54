import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse, stringify, type TomlTable } from 'smol-toml'
import { type Config, root, stackConfig } from '../src/config.ts'
import { isTaken } from '../src/supervisor/port-owner.ts'
import { type Stack, type StackOptions, startStack } from '../src/supervisor/stack.ts'

export type TestStack = Stack & {
  urls: Config['urls']
  keys: Config['keys']
}

export type TestStackOptions = StackOptions & {
  /** The first port of the block; a free block is found where none is given. */
  port?: number
  /** Kept after the test where it is given; else a folder of its own that goes with it. */
  dir?: string
  apiProcesses?: number
  /** What of supabase/config.toml is otherwise: `{ auth: { enable_signup: false } }`. */
  settings?: TomlTable
  /** Whether Auth counts requests, as hosted does. */
  rateLimits?: boolean
  /** Signups an hour from one network, where a test makes more of them than an office would. */
  signupMaxPerNetwork?: number
}

/** A whole stack for a test, beside whatever else runs on this machine. Without web, worker and Studio unless asked for. */
export async function startTestStack(options: TestStackOptions = {}): Promise<TestStack> {
  const {
    port = await freeBlock(),
    dir = await temporaryFolder(),
    apiProcesses = 1,
    settings,
    ...rest
  } = options
  const forget = async () => {
    if (options.dir === undefined) await rm(dir, { recursive: true, force: true })
  }
  const config = stackConfig({
    STACK_PORT: port,
    STACK_DIR: dir,
    STACK_API_PROCESSES: apiProcesses,
    STACK_RATE_LIMITS: options.rateLimits ? 'on' : 'off',
    ...(settings && { STACK_CONFIG: await writeSettings(dir, settings) }),
    ...(options.signupMaxPerNetwork && { SIGNUP_MAX_PER_NETWORK: String(options.signupMaxPerNetwork) }),
  })
  const quick = { web: false, worker: false, studio: false, demo: false, durable: false }
  const stack = await startStack(config, { ...quick, ...rest }).catch(async (error) => {
    await forget()
    throw error
  })
  return {
    ...stack,
    urls: config.urls,
    keys: config.keys,
    async stop() {
      await stack.stop()
      await forget()
    },
  }
}

async function writeSettings(dir: string, changes: TomlTable): Promise<string> {
  const file = join(dir, 'config.toml')
  const standard = parse(await readFile(join(root, 'supabase/config.toml'), 'utf8'))
  await writeFile(file, stringify(merged(standard, changes)))
  return file
}

const isTable = (value: unknown): value is TomlTable =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)

function merged(table: TomlTable, changes: TomlTable): TomlTable {
  const result = { ...table }
  for (const [name, value] of Object.entries(changes)) {
    const old = result[name]
    result[name] = isTable(value) && isTable(old) ? merged(old, value) : value
  }
  return result
}

export async function temporaryFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'p2p-stack-'))
  // Where the stack runs as root, Postgres is another user and must be able to pass.
  await chmod(dir, 0o711)
  return dir
}

const blockSize = 11
/** Below the ports that systems hand out by themselves. */
const [lowest, blocks] = [20_000, 1_000]

export async function freeBlock(): Promise<number> {
  for (;;) {
    const port = lowest + blockSize * Math.floor(Math.random() * blocks)
    const taken = await Promise.all(Array.from({ length: blockSize }, (_, offset) => isTaken(port + offset)))
    if (!taken.includes(true)) return port
  }
}
