import { setTimeout as pass } from 'node:timers/promises'
import { jobs as allJobs, type Job } from '@p2p/contracts'
import { PgBoss } from 'pg-boss'
import { openDatabase } from './database.ts'
import type { Deps } from './deps.ts'
import type { Env } from './env.ts'
import { type Handler, requireHandlers } from './handle.ts'
import { type MailState, startHeartbeat } from './heartbeat.ts'
import { listen, type State } from './http.ts'
import { handlers as allHandlers } from './jobs/index.ts'
import type { Log } from './log.ts'
import { createMailer } from './mail/mailer.ts'
import { createMetrics } from './metrics.ts'
import { declareQueues } from './queues.ts'
import { configuredRegistry } from './registry/configured-registry.ts'
import { jobRunner } from './run-job.ts'
import { connectSupabase } from './supabase.ts'

/** The kinds of work a worker does: all of them, or what a test brings along. */
export type Work = { jobs: readonly Job[]; handlers(deps: Deps): Handler[] }

export type Worker = {
  /** Begins no new job, waits for the running ones up to WORKER_STOP_SECONDS, gives the rest back, closes all. */
  stop(): Promise<void>
}

const everything: Work = { jobs: allJobs, handlers: allHandlers }

/** Starts, and answers once jobs are being taken. What was opened is closed again where the start fails. */
export async function startWorker(env: Env, log: Log, work: Work = everything): Promise<Worker> {
  const opened: (() => unknown)[] = []
  const closeAll = async () => {
    for (const close of opened.splice(0).reverse()) await close()
  }
  try {
    return await start(env, log, work, (close) => opened.push(close), closeAll)
  } catch (error) {
    await closeAll()
    throw error
  }
}

type Closing = (close: () => unknown) => void

async function start(env: Env, log: Log, work: Work, onClose: Closing, closeAll: () => Promise<void>) {
  const db = openDatabase(env.DATABASE_URL, env.WORKER_CONCURRENCY + 3, (err) =>
    log.warn({ err }, 'connection lost'),
  )
  // Bounded: a job that was abandoned may hold its connection for ever.
  onClose(() => Promise.race([db.end(), pass(2_000, undefined, { ref: false })]))
  const mailer = createMailer(env.SMTP_URL, env.MAIL_FROM)
  onClose(() => mailer.close())
  const handlers = work.handlers({
    db,
    mailer,
    supabase: connectSupabase(env),
    registry: configuredRegistry(env),
    siteUrl: env.SITE_URL,
    functionsUrl: `${env.SUPABASE_URL}/functions/v1`,
  })
  requireHandlers(work.jobs, handlers)

  let state: State = 'starting'
  let mailState = (): MailState | null => null
  const boss = createBoss(env, log)
  const names = work.jobs.map(({ name }) => name)
  const metrics = createMetrics(boss, names, log)
  const server = await listen(env.WORKER_HOST, env.WORKER_PORT, {
    db,
    metrics,
    state: () => state,
    mail: () => mailState(),
  })
  onClose(() => server.close())

  onClose(() => boss.stop({ graceful: true, timeout: env.WORKER_STOP_SECONDS * 1_000 }))
  await boss.start()
  await declareQueues(boss, work.jobs)
  // What a worker that died left behind is taken up now, not at the next round of supervision.
  await boss.supervise(undefined, { reindex: false })
  for (const handler of handlers) await take(boss, handler, env, jobRunner(handler, log, metrics.observe))

  const heartbeat = startHeartbeat({ db, mailer, log })
  onClose(() => heartbeat.stop())
  mailState = heartbeat.mail
  state = 'ready'
  log.info({ port: env.WORKER_PORT, jobs: names }, 'worker is ready')

  return {
    async stop() {
      state = 'stopping'
      await closeAll()
    },
  }
}

function createBoss(env: Env, log: Log): PgBoss {
  const boss = new PgBoss({
    connectionString: env.DATABASE_URL,
    application_name: 'p2p-worker-queue',
    max: 5,
    // The schema comes from a migration: a worker of a newer version must not change the database in passing.
    migrate: false,
    useListenNotify: true,
    superviseIntervalSeconds: 15,
    monitorIntervalSeconds: 15,
  })
  boss.on('error', (err) => log.error({ err }, 'queue failed'))
  boss.on('warning', ({ message }) => log.warn({ reason: message }, 'queue warns'))
  return boss
}

/**
 * One job a fetch: in a larger batch one failure would have to be told from the others. A commit wakes the worker at
 * once; the slow poll behind it finds retries that have come due and whatever a lost connection did not announce.
 */
const take = (boss: PgBoss, { job }: Handler, env: Env, run: ReturnType<typeof jobRunner>): Promise<string> =>
  boss.work(
    job.name,
    {
      batchSize: 1,
      localConcurrency: env.WORKER_CONCURRENCY,
      includeMetadata: true,
      perJobResults: true,
      pollingIntervalSeconds: 2,
      notifyPollingIntervalSeconds: 5,
    },
    run,
  )
