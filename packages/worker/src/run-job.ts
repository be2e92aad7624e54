import type { JobResult, JobWithMetadata } from 'pg-boss'
import { z } from 'zod'
import { type Handler, Hopeless } from './handle.ts'
import { describeError, type Log } from './log.ts'
import type { Outcome } from './metrics.ts'

type Observe = (queue: string, outcome: Outcome, seconds: number) => void

const Asked = z.object({ requestId: z.string() })

/**
 * One try at one job: a log of its own, a measured end, and an answer for pg-boss. A failure is answered and not
 * thrown, because the error itself would be stored whole with the job, with whatever personal data is in it.
 */
export const jobRunner = (handler: Handler, log: Log, observe: Observe) => {
  const runOne = async (job: JobWithMetadata): Promise<JobResult> => {
    const asked = Asked.safeParse(job.data)
    const jobLog = log.child({
      job: job.name,
      job_id: job.id,
      request_id: asked.success ? asked.data.requestId : null,
      attempt: job.retryCount + 1,
    })
    const started = performance.now()
    const end = (outcome: Outcome) => {
      const seconds = (performance.now() - started) / 1000
      observe(job.name, outcome, seconds)
      return { outcome, seconds: Math.round(seconds * 1000) / 1000 }
    }

    try {
      await handler.run(job.data, { log: jobLog, signal: job.signal })
      jobLog.info(end('done'), 'job done')
      return { id: job.id, status: 'completed' }
    } catch (error) {
      const hopeless = error instanceof Hopeless
      const last = hopeless || job.retryCount >= job.retryLimit
      if (last) jobLog.error({ err: error, ...end('dead') }, 'job failed for good')
      else jobLog.warn({ err: error, ...end('failed') }, 'job failed, will be tried again')
      return { id: job.id, status: hopeless ? 'deadletter' : 'failed', output: describeError(error) }
    }
  }
  return (jobs: JobWithMetadata[]): Promise<JobResult[]> => Promise.all(jobs.map(runOne))
}
