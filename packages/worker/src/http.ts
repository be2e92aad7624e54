import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import type { Database } from './database.ts'
import type { Heartbeat } from './heartbeat.ts'
import type { Metrics } from './metrics.ts'

/** `stopping`: running jobs may end, no new one is begun. */
export type State = 'starting' | 'ready' | 'stopping'

type Part = { ok: boolean; reason?: string }
type Parts = { db: Database; metrics: Metrics; state: () => State; mail: Heartbeat['mail'] }

/**
 * /health: 200 while this process can do its work, 503 otherwise, with a line a part. A mail server that is away is
 * told but is no reason for 503: whoever restarts what is unhealthy would restart a worker that has done no wrong.
 */
const routes = ({ db, metrics, state, mail }: Parts) =>
  new Hono()
    .get('/health', async (context) => {
      const parts = {
        database: await askDatabase(db),
        queue: state() === 'ready' ? { ok: true } : { ok: false, reason: state() },
        mail: mail() ?? { ok: false, reason: 'not asked yet' },
      }
      const ok = parts.database.ok && parts.queue.ok
      return context.json({ status: ok ? 'ok' : 'unavailable', parts }, ok ? 200 : 503)
    })
    .get('/metrics', async (context) =>
      context.body(await metrics.text(), 200, { 'Content-Type': metrics.contentType }),
    )

async function askDatabase(db: Database): Promise<Part> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Part>((answer) => {
    timer = setTimeout(answer, 2_000, { ok: false, reason: 'does not answer' })
  })
  const asked = db.query('select 1').then(
    (): Part => ({ ok: true }),
    (): Part => ({ ok: false, reason: 'cannot be reached' }),
  )
  try {
    return await Promise.race([asked, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Serves /health and /metrics. Rejects, with the reason, where the port cannot be had. */
export function listen(host: string, port: number, parts: Parts): Promise<{ close(): Promise<void> }> {
  const server = createAdaptorServer({ fetch: routes(parts).fetch })
  return new Promise((listening, failed) => {
    server.once('error', (cause) =>
      failed(new Error(`Cannot listen on ${host}:${port}: ${cause.message}`, { cause })),
    )
    server.listen(port, host, () =>
      listening({
        close: () =>
          new Promise((closed) => {
            server.close(() => closed())
            if ('closeAllConnections' in server) server.closeAllConnections()
          }),
      }),
    )
  })
}
