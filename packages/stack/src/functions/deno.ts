import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { root } from '../config.ts'
import { guard } from '../guard.ts'
import type { Deployed } from './catalogue.ts'
import { importFlags } from './imports.ts'
import type { Limits } from './limits.ts'
import { relay, type Voices } from './relay.ts'

export type Launch = {
  name: string
  setup: Deployed
  id: string
  socket: string
  env: NodeJS.ProcessEnv
  limits: Limits
  voices: Voices
}

/** Why a worker is no more: its code could not be loaded, it used too much, it failed, it was told to go. */
export type Ending = 'notLoaded' | 'limit' | 'fault' | 'told'

const boot = fileURLToPath(new URL('boot.js', import.meta.url))
/** How boot.js ends where the function could not be loaded. */
const notLoaded = 86
/** How V8 ends a process that has no memory left. */
const outOfMemory: (NodeJS.Signals | null)[] = ['SIGTRAP', 'SIGABRT', 'SIGILL']

const require = createRequire(import.meta.url)
const deno = join(
  dirname(require.resolve('deno/package.json')),
  process.platform === 'win32' ? 'deno.exe' : 'deno',
)

/**
 * Packages are those that npm installed; what comes from elsewhere, such as JSR, is fetched once. Files are read only, but
 * for /tmp; no process is started.
 */
const flags = ({ setup, socket, limits }: Launch) => [
  'run',
  '--quiet',
  '--no-prompt',
  '--no-check',
  '--no-lock',
  '--node-modules-dir=manual',
  '--allow-net',
  '--allow-env',
  '--allow-sys',
  `--allow-read=${[root, tmpdir(), dirname(socket), dirname(setup.entrypoint)].join()}`,
  `--allow-write=${[tmpdir(), dirname(socket)].join()}`,
  `--v8-flags=--max-old-space-size=${Math.ceil(limits.memoryBytes / 2 ** 20)}`,
  ...importFlags(setup.importMap, `${socket}.imports.json`),
]

/** A process that loads a function and takes its calls on a socket. `exited` says why it ended, as far as it shows. */
export function startDeno(launch: Launch): { child: ChildProcess; exited: Promise<Ending> } {
  const { name, setup, socket, env, voices } = launch
  const told = [pathToFileURL(setup.entrypoint).href, socket, String(process.pid)]
  const child = spawn(deno, [...flags(launch), boot, ...told], {
    cwd: root,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const held = child.pid === undefined ? undefined : guard(child.pid, 'SIGTERM')
  relay(child, name, voices)
  const exited = new Promise<Ending>((gone) => {
    child.once('error', (error) => {
      voices.log('error', `function ${name} did not start`, { error: error.message })
      gone('notLoaded')
    })
    child.once('exit', (code, signal) => {
      held?.release()
      gone(outOfMemory.includes(signal) ? 'limit' : code === notLoaded ? 'notLoaded' : 'fault')
    })
  })
  return { child, exited }
}

/** Whether somebody takes calls on a socket, asked until it is so or nobody ever will. */
export async function accepts(socket: string, isOver: () => boolean): Promise<boolean> {
  while (!isOver()) {
    if (await opens(socket)) return true
    await new Promise((tick) => setTimeout(tick, 20))
  }
  return false
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
