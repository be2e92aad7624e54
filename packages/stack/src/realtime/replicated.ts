import type { Means } from './means.ts'

/** Whether messages from the database arrive, as soon as they do or once it has taken too long. */
export async function replicatedInTime(means: Means): Promise<boolean> {
  const late = Promise.withResolvers<false>()
  const timer = setTimeout(() => late.resolve(false), means.limits.replicationMs)
  const arrived = means.replicated().then(() => true)
  return Promise.race([arrived, late.promise]).finally(() => clearTimeout(timer))
}
