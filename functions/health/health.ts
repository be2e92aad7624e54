import { z } from 'zod'
import type { Env } from '../_shared/env.ts'
import type { Call } from '../_shared/serve.ts'
import { asService } from '../_shared/supabase.ts'
import { askHttp, askRealtime, type Line, probe } from './probe.ts'

type Part = 'database' | 'auth' | 'storage' | 'realtime' | 'queue' | 'worker' | 'mail'
type Health = { status: 'ok' | 'unavailable'; parts: Record<Part, Line> }

const Said = z.object({ ok: z.boolean() })
const Platform = z.object({ queue: Said, worker: Said, mail: Said })

// One look serves all who ask within two seconds: the page is open to everybody and each look asks every part.
const freshFor = 2_000

/** 200 while every part is well, else 503; a line a part either way. */
export const health = (env: Env) => {
  let last: { at: number; health: Promise<Health> } | undefined
  return async (_request: Request, { requestId }: Call): Promise<Response> => {
    if (!last || Date.now() - last.at > freshFor) last = { at: Date.now(), health: look(env, requestId) }
    const seen = await last.health
    return Response.json(seen, { status: seen.status === 'ok' ? 200 : 503 })
  }
}

async function look(env: Env, requestId: string): Promise<Health> {
  const { url, publishableKey } = env
  const [platform, auth, storage, realtime] = await Promise.all([
    lookThroughDatabase(env, requestId),
    probe((signal) => askHttp(`${url}/auth/v1/health`, publishableKey, signal)),
    probe((signal) => askHttp(`${url}/storage/v1/status`, publishableKey, signal)),
    probe((signal) => askRealtime(url, publishableKey, signal)),
  ])
  const { database, queue, worker, mail } = platform
  const parts = { database, auth, storage, realtime, queue, worker, mail }
  const ok = Object.values(parts).every((line) => line.ok)
  return { status: ok ? 'ok' : 'unavailable', parts }
}

type Known = Pick<Record<Part, Line>, 'database' | 'queue' | 'worker' | 'mail'>

const reasons = {
  queue: 'work is waiting that should have been done',
  worker: 'shows no sign of life',
  mail: 'the mail server does not answer the worker',
}

/** The database, and what only it can tell: how old the queue's work is, and when worker and mail server last answered. */
async function lookThroughDatabase(env: Env, requestId: string): Promise<Known> {
  let said: z.infer<typeof Platform> | undefined
  const database = await probe(async (signal) => {
    const { data, error } = await asService(env, requestId).rpc('platform_health').abortSignal(signal)
    if (error) throw error
    said = Platform.parse(data)
  })
  const line = (part: keyof typeof reasons): Line => {
    const { ms } = database
    if (!said) return { ok: false, ms, reason: 'not known while the database is away' }
    return said[part].ok ? { ok: true, ms } : { ok: false, ms, reason: reasons[part] }
  }
  return { database, queue: line('queue'), worker: line('worker'), mail: line('mail') }
}
