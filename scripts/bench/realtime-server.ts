import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Config } from '../../packages/stack/src/index.ts'

/** In kB; 0 where the system does not say. */
export async function resident({ pid }: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0)
}

export const script = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const main = '../../packages/stack/src/realtime/main.ts'

/** A Realtime server of the bench's own, without the gateway before it. */
export async function startServer(
  port: number,
  databaseUrl: string,
  keys: Config['keys'],
): Promise<ChildProcess> {
  const child = fork(script(main), [], {
    silent: true,
    env: {
      ...process.env,
      REALTIME_PORT: String(port),
      DATABASE_URL: databaseUrl,
      JWT_SECRET: keys.jwtSecret,
      PUBLISHABLE_KEY: keys.publishable,
      SECRET_KEY: keys.secret,
      // A bench says more in a second than any plan allows.
      TENANT_MAX_EVENTS_PER_SECOND: '1000000',
    },
  })
  let said = ''
  child.stdout?.on('data', (text) => {
    said += text
  })
  while (!said.includes('realtime is ready')) if (child.stdout) await once(child.stdout, 'data')
  return child
}

export async function started(child: ChildProcess): Promise<ChildProcess> {
  await once(child, 'message')
  return child
}

export async function ended(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.kill()
  await gone
}

export function freePort(): Promise<number> {
  return new Promise((found) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address ? address.port : 0
      server.close(() => found(port))
    })
  })
}
