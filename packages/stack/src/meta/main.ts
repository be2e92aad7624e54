import { createServer } from 'node:http'
import { stackConfig } from '../config.ts'
import { allowMeta } from '../gateway/meta.ts'
import { logTo } from '../log.ts'

/*
 * postgres-meta: the database's own API, behind the gateway's /pg. Its server would open a second port for metrics,
 * which is another part's; so its app is served from here. It reads the environment while it is loaded. Its port asks
 * for what the gateway asks for, lest it be the way around.
 */
const { ports, urls, keys } = stackConfig()
const log = logTo(process.stdout)

const { build } = await import('@supabase/postgres-meta/dist/server/app.js')
const app = build({ logger: false })
await app.ready()
const server = createServer((request, response) => {
  if (allowMeta(keys, request, response)) app.routing(request, response)
})
server.listen(ports.meta, '127.0.0.1', () => {
  log('info', 'postgres-meta is ready', { database: new URL(urls.database).host })
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    server.close()
    void app.close().finally(() => process.exit())
  })
}
