import type { Job } from '@p2p/contracts'
import type { Log } from './log.ts'

/** What a running job is given besides its payload. */
export type Run = {
  /** Carries the job's id and the id of the request that asked for it in every line. */
  log: Log
  /** Aborted when the job's time is up or the worker can wait for it no longer. */
  signal: AbortSignal
}

export type Handler = { job: Job; run(data: unknown, run: Run): Promise<void> }

/** A failure that another try cannot mend: the job goes to its dead letter queue at once. */
export class Hopeless extends Error {
  override readonly name = 'Hopeless'
}

/** Binds a job to its doing. The payload is parsed once, here, and trusted after. */
export const handle = <Payload>(
  job: Job<Payload>,
  run: (payload: Payload, run: Run) => Promise<void>,
): Handler => ({
  job,
  async run(data, given) {
    const payload = job.payload.safeParse(data)
    if (!payload.success) {
      const faults = payload.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
      throw new Hopeless(`The payload is not what ${job.name} takes: ${faults.join('; ')}`)
    }
    await run(payload.data, given)
  },
})

/** Every kind of work has exactly one hand, or the worker does not start: a queue nobody serves would fill in silence. */
export function requireHandlers(jobs: readonly Job[], handlers: readonly Handler[]): void {
  const hands = (name: string) => handlers.filter((handler) => handler.job.name === name).length
  const faults = jobs
    .filter(({ name }) => hands(name) !== 1)
    .map(({ name }) => `${name} has ${hands(name)} handlers`)
  if (faults.length) throw new Error(`Each job needs one handler: ${faults.join(', ')}.`)
}
