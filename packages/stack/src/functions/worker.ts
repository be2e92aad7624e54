import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Config, root } from '../config.ts'
import { guard } from '../guard.ts'
import { type EdgeFunction, functionPath } from '../project.ts'
import { functionEnv } from './environment.ts'
import { relay, type Voices } from './relay.ts'

/** A process of Deno that serves one function. */
export type Worker = {
  socket: string
  /** Resolves when it takes requests; rejects when it never will. */
  ready: Promise<void>
  exited: Promise<void>
  stop(): void
}

const bootPatience = 30_000
const boot = fileURLToPath(new URL('boot.js', import.meta.url))

const require = createRequire(import.meta.url)
const deno = join(
  dirname(require.resolve('deno/package.json')),
  process.platform === 'win32' ? 'deno.exe' : 'deno',
)

/** Nothing is fetched: packages are those that npm installed. Files are read only; no process is started. */
const flags = (setup: EdgeFunction, socket: string) => [
  'run',
  '--quiet',
  '--no-prompt',
  '--no-check',
  '--cached-only',
  '--allow-net',
  '--allow-env',
  '--allow-sys',
  `--allow-read=${root},${dirname(socket)}`,
  `--allow-write=${dirname(socket)}`,
  ...(setup.import_map ? [`--config=${functionPath(setup.import_map)}`] : []),
]

export function startWorker(
  config: Config,
  name: string,
  setup: EdgeFunction,
  socket: string,
  voices: Voices,
): Worker {
  const { log } = voices
  const child = spawn(deno, [...flags(setup, socket), boot, functionPath(setup.entrypoint)], {
    cwd: root,
    env: functionEnv(config, socket),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const held = child.pid === undefined ? undefined : guard(child.pid, 'SIGTERM')
  relay(child, name, voices)
  const exited = new Promise<void>((gone) => {
    child.once('error', (error) => {
      log('error', `function ${name} did not start`, { error: error.message })
      gone()
    })
    child.once('exit', (code, signal) => {
      log(signal === 'SIGTERM' ? 'info' : 'warn', `function ${name} ended`, { code, signal })
      gone()
    })
  })
  void exited.then(() => held?.release())
  const neverReady = exited.then(() =>
    Promise.reject(new Error(`function ${name} ended before it took a request`)),
  )
  const ready = Promise.race([neverReady, accepts(socket)])
  ready.catch(() => child.kill())
  return { socket, ready, exited, stop: () => void child.kill() }
}

async function accepts(socket: string): Promise<void> {
  const deadline = Date.now() + bootPatience
  while (!(await opens(socket))) {
    if (Date.now() > deadline) throw new Error('it did not take requests in time')
    await new Promise((tick) => setTimeout(tick, 20))
  }
}

const opens = (path: string) =>
  new Promise<boolean>((answer) => {
    const probe = connect(path)
    probe.once('connect', () => {
      probe.destroy()
      answer(true)
    })
    probe.once('error', () => answer(false))
  })
