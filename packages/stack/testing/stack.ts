import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Config, stackConfig } from '../src/config.ts'
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
  /** Signups an hour from one network, where a test makes more of them than an office would. */
  signupMaxPerNetwork?: number
}

/** A whole stack for a test, beside whatever else runs on this machine. Without web, worker and Studio unless asked for. */
export async function startTestStack(options: TestStackOptions = {}): Promise<TestStack> {
  const { port = await freeBlock(), dir = await temporaryFolder(), apiProcesses = 1, ...rest } = options
  const forget = async () => {
    if (options.dir === undefined) await rm(dir, { recursive: true, force: true })
  }
  const config = stackConfig({
    STACK_PORT: port,
    STACK_DIR: dir,
    STACK_API_PROCESSES: apiProcesses,
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
