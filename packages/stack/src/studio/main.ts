import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serve } from '@hono/node-server'
import { serveStatic } from '@hono/node-server/serve-static'
import { App } from '@supabase/lite'
import { Hono } from 'hono'
import { stackConfig } from '../config.ts'
import { isOurs } from '../gateway/meta.ts'
import { logTo } from '../log.ts'
import { OwnerConnection } from './connection.ts'

const { ports, urls } = stackConfig()
const log = logTo(process.stdout)

/** The Studio that ships with @supabase/lite. It asks for no password, so it answers nobody but this machine's own pages. */
const connection = new OwnerConnection({
  url: urls.database,
  postgresOptions: { max: 3, onnotice: () => {}, connection: { application_name: 'studio' } },
})
const app = new App({
  connection,
  api: { enabled: true, schemas: ['public', 'auth', 'storage'] },
  auth: { enabled: false },
  storage: { enabled: false },
  studio: { enabled: true },
  options: { server: { admin: true, apiKeys: false } },
})

const assets = join(dirname(fileURLToPath(import.meta.resolve('@supabase/lite'))), 'static')

const studio = new Hono()
  .use(async ({ req, text }, next) => {
    const { host, origin } = { host: req.header('host') ?? '', origin: req.header('origin') }
    const isSameOrigin = origin === undefined || origin === `http://${host}`
    if (!isOurs(host) || !isSameOrigin) return text('Open this page as localhost.', 403)
    await next()
  })
  .use('/static/*', serveStatic({ root: assets, rewriteRequestPath: (path) => path.slice('/static'.length) }))
  .all('*', ({ req }) => app.fetch(req.raw))

Object.assign(console, { error: (first: unknown) => log('warn', String(first)) })
const server = serve({ fetch: studio.fetch, port: ports.studio, hostname: '127.0.0.1' }, () =>
  log('info', 'Studio is ready', { url: urls.studio }),
)

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    server.close()
    void connection.close().finally(() => process.exit())
  })
}
