import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Config, root } from '../config.ts'
import type { Env } from '../env.ts'
import type { PartPlan } from './child.ts'
import { keepPart } from './part.ts'
import { answersAt, webPlan } from './plans.ts'

/** The worker and the web app alone, against a Supabase elsewhere. The worker's own variables come from the environment. */
export async function startAgainst(env: Env, config: Config, say: (line: string) => void) {
  const { SUPABASE_URL: url, SUPABASE_PUBLISHABLE_KEY: key } = env
  if (!url || !key) throw new Error('With SUPABASE_URL goes SUPABASE_PUBLISHABLE_KEY: the web app needs it.')
  const logs = join(config.dir, 'logs')
  await mkdir(logs, { recursive: true })
  const worker: PartPlan = {
    name: 'worker',
    args: [join(root, 'packages/worker/src/main.ts')],
    cwd: root,
    env: { SUPABASE_URL: url, SITE_URL: config.urls.site, WORKER_PORT: String(config.ports.worker) },
    isReady: answersAt(`${config.urls.worker}/health`),
    graceMs: 30_000,
  }
  const changed = (line?: string) => {
    if (line) say(line)
  }
  const parts = [worker, webPlan(config.ports.web, url, key)].map((plan) => keepPart(plan, logs, changed))
  const stop = async () => void (await Promise.all(parts.map((part) => part.stop())))
  try {
    await Promise.all(parts.map((part) => part.start()))
  } catch (error) {
    await stop()
    throw error
  }
  return { stop }
}
