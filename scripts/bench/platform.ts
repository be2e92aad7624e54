import { type ChildProcess, spawn } from 'node:child_process'
import { rounded } from './table.ts'

export type Platform = { seconds: number; stop(): Promise<void> }

/** `npm start` as a person would, on a block of ports of its own; resolves when it says that it is ready. */
export async function startPlatform(port: number, dir: string): Promise<Platform> {
  const begun = performance.now()
  const child = spawn('npm', ['start'], {
    // A bench says more in a second than any plan allows.
    env: {
      ...process.env,
      STACK_PORT: String(port),
      STACK_DIR: dir,
      TENANT_MAX_EVENTS_PER_SECOND: '1000000',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  await saidReady(child)
  return { seconds: rounded((performance.now() - begun) / 1000), stop: () => stop(child) }
}

function saidReady(child: ChildProcess): Promise<void> {
  return new Promise((ready, failed) => {
    let said = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (said.includes('Ready after')) ready()
    })
    child.once('close', () => failed(new Error(`The platform did not start:\n${said}`)))
  })
}

/** Ctrl-C reaches npm and the platform alike, as in a terminal. */
function stop(child: ChildProcess): Promise<void> {
  return new Promise((stopped) => {
    child.once('close', () => stopped())
    if (child.pid) process.kill(-child.pid, 'SIGINT')
  })
}
