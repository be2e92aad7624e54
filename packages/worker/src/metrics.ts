import { deadLetter } from '@p2p/contracts'
import type { PgBoss } from 'pg-boss'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Log } from './log.ts'

/** `failed` will be tried again; `dead` will not, and waits in the dead letter queue. */
export type Outcome = 'done' | 'failed' | 'dead'

export type Metrics = {
  observe: (queue: string, outcome: Outcome, seconds: number) => void
  /** The whole of it as Prometheus reads it. */
  text(): Promise<string>
  contentType: string
}

export function createMetrics(boss: PgBoss, queues: readonly string[], log: Log): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const ended = new Counter({
    name: 'p2p_jobs_total',
    help: 'Tries at jobs by their end: done, failed (will be tried again), dead (will not).',
    labelNames: ['queue', 'outcome'],
    registers,
  })
  // A series that first shows itself with a failure has no rate at that moment.
  for (const queue of queues) {
    for (const outcome of ['done', 'failed', 'dead']) ended.inc({ queue, outcome }, 0)
  }
  const duration = new Histogram({
    name: 'p2p_job_duration_seconds',
    help: 'How long a try at a job took.',
    labelNames: ['queue'],
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300],
    registers,
  })
  new Gauge({
    name: 'p2p_queue_jobs',
    help: 'Jobs in each queue by state, as counted within the last half minute. Queues that end in .dead hold what failed for good.',
    labelNames: ['queue', 'state'],
    registers,
    async collect() {
      this.reset()
      try {
        for (const queue of await boss.getQueues(queues.flatMap((name) => [name, deadLetter({ name })]))) {
          this.set({ queue: queue.name, state: 'ready' }, queue.readyCount)
          this.set({ queue: queue.name, state: 'deferred' }, queue.deferredCount)
          this.set({ queue: queue.name, state: 'active' }, queue.activeCount)
        }
      } catch (error) {
        // The rest of the figures is worth the more while the database is away.
        log.warn({ err: error }, 'queues could not be counted')
      }
    },
  })

  return {
    observe(queue, outcome, seconds) {
      ended.inc({ queue, outcome })
      duration.observe({ queue }, seconds)
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}
