import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Config } from '../config.ts'
import { run } from '../run.ts'

const State = z.enum(['starting', 'ready', 'resetting', 'stopping', 'failed'])
export type State = z.infer<typeof State>

/** What the supervisor leaves in its folder, for `status`, `stop` and whoever starts a second one there. */
const Status = z.object({
  pid: z.number(),
  /** When that process began, by which a later process of the same number is told apart. */
  began: z.string(),
  state: State,
  /** Grows with every reset. */
  generation: z.number(),
  why: z.string().optional(),
  port: z.number(),
  parts: z.record(
    z.string(),
    z.object({ state: z.string(), pid: z.number().optional(), restarts: z.number() }),
  ),
})
export type Status = z.infer<typeof Status>

const fileOf = (dir: string) => join(dir, 'status.json')

export async function readStatus(dir: string): Promise<Status | undefined> {
  const text = await readFile(fileOf(dir), 'utf8').catch(() => '{}')
  return Status.safeParse(JSON.parse(text)).data
}

export async function writeStatus(dir: string, status: Status): Promise<void> {
  const beside = `${fileOf(dir)}.${process.pid}`
  await writeFile(beside, JSON.stringify(status, null, 2))
  await rename(beside, fileOf(dir))
}

/** A stack that ended in order leaves none, so that the same process may start it again. */
export const forgetStatus = (dir: string) => rm(fileOf(dir), { force: true })

/** Empty where the machine does not say. */
export const beganAt = (pid: number) => run('ps', ['-p', String(pid), '-o', 'lstart=']).catch(() => '')

/** The status of a supervisor that lives; one that died left its last words, which do not count. */
export async function liveStatus(dir: string): Promise<Status | undefined> {
  const status = await readStatus(dir).catch(() => undefined)
  if (!status || !isAlive(status.pid)) return undefined
  return (await beganAt(status.pid)) === status.began ? status : undefined
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** The names `supabase status -o json` prints, and two of ours. */
export const addresses = ({ urls, keys }: Config): Record<string, string> => ({
  API_URL: urls.api,
  REST_URL: `${urls.api}/rest/v1`,
  FUNCTIONS_URL: `${urls.api}/functions/v1`,
  DB_URL: urls.database,
  STUDIO_URL: urls.studio,
  MAILPIT_URL: urls.mail,
  PUBLISHABLE_KEY: keys.publishable,
  SECRET_KEY: keys.secret,
  JWT_SECRET: keys.jwtSecret,
  ANON_KEY: keys.anon,
  SERVICE_ROLE_KEY: keys.serviceRole,
  WEB_URL: urls.web,
  WORKER_URL: urls.worker,
})
