import { lawDatabase } from '@p2p/database/testing/database'
import { freePort } from '@p2p/stack/testing/postgres'
import pg from 'pg'
import { test as base, inject, vi } from 'vitest'
import { type Env, readEnv } from '../src/env.ts'
import { createLog } from '../src/log.ts'
import { startWorker, type Work, type Worker } from '../src/worker.ts'
import { catchMails, type MailCatcher } from './mail-catcher.ts'

type LogLine = Record<string, unknown> & { msg: string }

export type Workshop = {
  env: Env
  /** As role postgres, like the worker. */
  db: pg.Pool
  mail: MailCatcher
  log: LogLine[]
  url: string
  start: (work?: Work) => Promise<Worker>
  /** Drops the database under all who are connected, and who are just connecting. */
  dropDatabase: () => Promise<void>
  /** Somebody who has signed up, verified or not. Answers their id. */
  signUp: (
    name: string,
    options?: { locale?: 'ar' | 'en'; organization?: string; verified?: boolean },
  ) => Promise<string>
  /** Has the worker look into the queue now, as it would within five seconds: for retries, which nobody announces. */
  wake: (queue: string) => Promise<void>
  /** The jobs of a queue in the order they were asked for, whatever has become of them. */
  jobs: (queue: string) => Promise<{ id: string; state: string; retry_count: number; output: unknown }[]>
}

/** Waits until `ask` stops throwing, and answers what it answers. */
export const until = <T>(ask: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(ask, { timeout: 20_000, interval: 50 })

/** A database of its own, a mail server, and workers that are stopped when the test is over. */
export const test = base.extend<{ workshop: Workshop }>({
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads what a fixture needs from this pattern
  workshop: async ({}, use) => {
    const database = await lawDatabase(inject('adminUrl'))
    const mail = await catchMails()
    const db = new pg.Pool({ connectionString: database.url, max: 4 })
    db.on('error', () => {})
    const log: LogLine[] = []
    const workers: Worker[] = []
    const env = readEnv({
      DATABASE_URL: database.url,
      // Jobs that use Storage or Auth are tested on a whole stack.
      SUPABASE_URL: 'http://127.0.0.1:9',
      SUPABASE_SECRET_KEY: 'sb_secret_that_opens_nothing',
      SMTP_URL: mail.url,
      MAIL_FROM: 'no-reply@p2p.example',
      SITE_URL: 'https://p2p.example',
      WORKER_PORT: String(await freePort()),
    })
    await use({
      env,
      db,
      mail,
      log,
      url: `http://127.0.0.1:${env.WORKER_PORT}`,
      async start(work) {
        const destination = { write: (line: string) => void log.push(JSON.parse(line)) }
        const worker = await startWorker(env, createLog('debug', destination), work)
        workers.push(worker)
        return worker
      },
      dropDatabase: database.drop,
      signUp: (name, options) => signUp(db, name, options),
      wake: async (queue) => {
        await db.query(`select pg_notify('pgboss_' || left(encode(sha224('pgboss'), 'hex'), 24), $1)`, [
          queue,
        ])
      },
      jobs: async (queue) =>
        (
          await db.query(
            'select id, state, retry_count, output from pgboss.job where name = $1 order by created_on',
            [queue],
          )
        ).rows,
    })
    await Promise.all(workers.map((worker) => worker.stop()))
    await db.end()
    await mail.stop()
    await database.drop()
  },
})

async function signUp(
  db: pg.Pool,
  name: string,
  { locale = 'en', organization = `${name}'s works`, verified = true } = {},
): Promise<string> {
  const metadata = { first_name: name, last_name: 'Tester', organization_name: organization, locale }
  const { rows } = await db.query<{ id: string }>(
    `insert into auth.users (id, email, raw_user_meta_data) values (gen_random_uuid(), $1, $2) returning id`,
    [`${name.toLowerCase()}@${name.toLowerCase()}.example`, metadata],
  )
  const { id } = rows[0]!
  if (verified) await db.query('update auth.users set email_confirmed_at = now() where id = $1', [id])
  return id
}
