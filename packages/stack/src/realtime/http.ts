import { type Context, Hono } from 'hono'
import { getPath } from 'hono/utils/url'
import type { Means } from './means.ts'
import { broadcastApi } from './rest.ts'

type Health = { database: boolean; replication: boolean; sockets: number }

/** Paths are answered with and without what the gateway puts before them. */
export const withoutPrefix = (path: string) => path.replace(/^\/realtime\/v1(?=\/|$)/, '')

/** What the server answers over plain HTTP. */
export function httpApi(means: Means, look: () => Promise<Health>): Hono {
  const app = new Hono({ getPath: (request) => withoutPrefix(getPath(request)) })

  for (const path of ['/api/broadcast/*', '/api/ping']) {
    app.use(path, async (c, next) => {
      if (isTooBusy(means, c)) return c.json({ message: 'Too many requests' }, 429)
      return next()
    })
  }

  app.route('/api/broadcast', broadcastApi(means))

  app.get('/api/ping', (c) => c.json({ message: 'Success' }))

  app.on('GET', ['/api/health', '/api/tenants/:tenant/health'], async (c) => {
    const { database, replication, sockets } = await look()
    const healthy = database && replication
    const data = {
      healthy,
      db_connected: database,
      replication_connected: replication,
      connected_cluster: sockets,
    }
    return c.json({ data }, healthy ? 200 : 503)
  })

  app.onError((error, c) => {
    means.log('error', 'a request failed', { path: c.req.path, error: String(error) })
    return c.json({ message: 'Internal Server Error' }, 500)
  })

  return app
}

/** Says in the answer how much of the messages per second is used up. */
function isTooBusy({ traffic, limits }: Means, c: Context): boolean {
  const { average, exceeded } = traffic.events
  const used = Math.trunc(average)
  c.header('x-rate-rolling', String(used))
  c.header('x-rate-limit', String(limits.eventsPerSecond))
  c.header('x-rate-limit-remaining', String(limits.eventsPerSecond - used))
  return exceeded
}
