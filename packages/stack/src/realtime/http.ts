import { Hono } from 'hono'
import { getPath } from 'hono/utils/url'
import { broadcastApi } from './rest.ts'
import type { Services } from './services.ts'

type Health = { database: boolean; replication: boolean; sockets: number }

/** Paths are answered with and without what the gateway puts before them. */
export const withoutPrefix = (path: string) => path.replace(/^\/realtime\/v1(?=\/|$)/, '')

/** What the server answers over plain HTTP. */
export function httpApi(services: Services, look: () => Promise<Health>): Hono {
  const app = new Hono({ getPath: (request) => withoutPrefix(getPath(request)) })

  app.route('/api/broadcast', broadcastApi(services))

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
    services.log('error', 'a request failed', { path: c.req.path, error: String(error) })
    return c.json({ message: 'Internal Server Error' }, 500)
  })

  return app
}
