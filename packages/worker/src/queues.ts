import { type Job, queuesOf } from '@p2p/contracts'
import type { PgBoss } from 'pg-boss'

/**
 * Makes the queues of each job and sets its schedule. Creating leaves a queue that exists as it is; updating is what
 * brings a changed contract to an old database.
 */
export async function declareQueues(boss: PgBoss, jobs: readonly Job[]): Promise<void> {
  for (const { name, options } of jobs.flatMap(queuesOf)) {
    await boss.createQueue(name, options)
    await boss.updateQueue(name, options)
  }
  await declareSchedules(boss, jobs)
}

async function declareSchedules(boss: PgBoss, jobs: readonly Job[]): Promise<void> {
  const wanted = new Set<string>()
  for (const { name, settings } of jobs) {
    if (!settings.schedule) continue
    wanted.add(name)
    await boss.schedule(name, settings.schedule, null, { tz: 'Asia/Riyadh' })
  }
  for (const { name } of await boss.getSchedules()) {
    if (!wanted.has(name)) await boss.unschedule(name)
  }
}
