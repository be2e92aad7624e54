import { type Env, readEnv } from './env.ts'
import { sweepExportFolders } from './jobs/personal-data/export-folder.ts'
import { createLog } from './log.ts'
import { startWorker, type Work } from './worker.ts'

/** The worker as a process: reads the environment, starts, and stops on a signal. Never returns where it cannot start. */
export async function runWorker(work?: Work): Promise<void> {
  const env = environmentOrExit()
  const log = createLog(env.LOG_LEVEL)

  // What state an error nobody caught leaves behind is unknown: the process ends, its jobs are tried again elsewhere.
  process.on('uncaughtException', (err) => {
    log.fatal({ err }, 'worker breaks off')
    process.exit(1)
  })

  // What a worker left that was killed here, maybe this one.
  await sweepExportFolders().catch((err: unknown) => log.warn({ err }, 'old folders could not be swept'))

  const worker = await startWorker(env, log, work).catch((err: unknown) => {
    log.fatal({ err }, 'worker cannot start')
    process.exit(1)
  })

  let stopping = false
  const stop = async (signal: string) => {
    // Whoever asks twice does not want to wait.
    if (stopping) process.exit(1)
    stopping = true
    log.info({ signal }, 'worker stops')
    await worker.stop()
    log.info('worker has stopped')
    process.exit(0)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

function environmentOrExit(): Env {
  try {
    return readEnv()
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  }
}
