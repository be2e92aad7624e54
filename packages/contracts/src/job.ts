import { z } from 'zod'

/** How a queue treats what fails. Times in seconds. */
export type JobSettings = {
  retryLimit: number
  retryDelay: number
  /** Doubles the delay with each try, with jitter. */
  retryBackoff: boolean
  /** A handler that takes longer counts as failed. */
  expireInSeconds: number
  /** Cron expression (Asia/Riyadh) for work that nobody asks for. */
  schedule?: string
}

/** A promise between whoever asks for work and whoever does it. */
export type Job<Payload = unknown> = {
  /** `<feature>.<verb-noun>`; also the pg-boss queue. What fails for good lands in `<name>.dead`. */
  name: string
  payload: z.ZodType<Payload>
  settings: JobSettings
}

// Eight tries over about an hour and a half: long enough for a mail server to come back.
const patient: JobSettings = { retryLimit: 8, retryDelay: 20, retryBackoff: true, expireInSeconds: 300 }

export const job = <Payload>(
  name: string,
  payload: z.ZodType<Payload>,
  settings: Partial<JobSettings> = {},
): Job<Payload> => ({ name, payload, settings: { ...patient, ...settings } })

/**
 * A job's queues as pg-boss takes them, those of last failures first: for the migration that makes them and the worker
 * that keeps them current.
 */
export const queuesOf = (job: Pick<Job, 'name' | 'settings'>) => [
  // An admin must have time to see what failed for good, and why, and to send it back.
  { name: deadLetter(job), options: { retentionSeconds: 90 * 24 * 60 * 60 } },
  {
    name: job.name,
    options: {
      retryLimit: job.settings.retryLimit,
      retryDelay: job.settings.retryDelay,
      retryBackoff: job.settings.retryBackoff,
      expireInSeconds: job.settings.expireInSeconds,
      // A job whose worker died is noticed after this long without a beat, instead of at the end of its whole time.
      heartbeatSeconds: 30,
      deadLetter: deadLetter(job),
      notify: true,
    },
  },
]

/** Where a job goes when its last try has failed; an admin sees it there and can send it back. */
export const deadLetter = (job: Pick<Job, 'name'>) => `${job.name}.dead`

/** What asked for the work, as the logs of its request name it. */
export const requestId = z.string().nullish()

/** The payload of a job that is on a schedule. */
export const onTheClock = z.object({ requestId }).nullish()
