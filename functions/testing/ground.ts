import { lawDatabase } from '@p2p/database/testing/database'
import { freePort } from '@p2p/stack/testing/postgres'
import { catchMails, type MailCatcher } from '@p2p/worker/testing/mail-catcher'
import pg from 'pg'
import { test as base, inject, vi } from 'vitest'
import { type Config, stackConfig } from '../../packages/stack/src/config.ts'
import { startGateway } from '../../packages/stack/src/gateway/server.ts'
import { readProject } from '../../packages/stack/src/project.ts'
import { startRealtime } from '../../packages/stack/src/realtime/server.ts'
import type { Env } from '../_shared/env.ts'

export type Ground = {
  env: Env
  /** As role postgres. */
  db: pg.Pool
  mail: MailCatcher
  realtime: { start(): Promise<void>; stop(): Promise<void> }
}

/** Waits until `ask` stops throwing, and answers what it answers. */
export const until = <T>(ask: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(ask, { timeout: 20_000, interval: 50 })

/**
 * What functions stand on, for real: a database of its own, the gateway with Data API, Auth and Storage, Realtime, and
 * a mail server. One a file; tests keep apart by their people and networks.
 */
export const test = base.extend<{ ground: Ground }>({
  ground: [
    // biome-ignore lint/correctness/noEmptyPattern: Vitest reads what a fixture needs from this pattern
    async ({}, use) => {
      const database = await lawDatabase(inject('adminUrl'))
      const mail = await catchMails()
      const config = await configFor(database, mail.url)
      const realtime = await realtimeOf(config, database.adminUrl)
      const gateway = await startGateway(config, await readProject(config), () => {})
      const db = new pg.Pool({ connectionString: database.url, max: 4 })
      const { publishable: publishableKey, secret: secretKey } = config.keys
      await use({
        env: { url: config.urls.api, publishableKey, secretKey, signupMaxPerNetwork: 30 },
        db,
        mail,
        realtime,
      })
      await db.end()
      await gateway.close()
      await realtime.stop()
      await mail.stop()
      await database.drop()
    },
    { scope: 'file' },
  ],
})

async function realtimeOf({ ports, keys }: Config, databaseUrl: string): Promise<Ground['realtime']> {
  const begin = () => startRealtime({ port: ports.realtime, databaseUrl, jwtSecret: keys.jwtSecret, keys })
  let running: Awaited<ReturnType<typeof begin>> | undefined = await begin()
  return {
    async start() {
      running ??= await begin()
    },
    async stop() {
      await running?.stop()
      running = undefined
    },
  }
}

async function configFor(database: { url: string; adminUrl: string }, smtp: string): Promise<Config> {
  const standard = stackConfig({})
  const [api, realtime] = [await freePort(), await freePort()]
  const urls = { ...standard.urls, api: `http://127.0.0.1:${api}`, site: 'https://p2p.example', smtp }
  return {
    ...standard,
    dir: `${process.env.TMPDIR ?? '/tmp'}/p2p-ground-${api}`,
    ports: { ...standard.ports, api, realtime },
    urls: { ...urls, database: database.url, databaseAdmin: database.adminUrl },
    databaseAs(role) {
      const url = new URL(database.url)
      url.username = role
      return url.href
    },
  }
}
