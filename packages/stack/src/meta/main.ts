import { stackConfig } from '../config.ts'
import { logTo } from '../log.ts'

/*
 * postgres-meta: the database's own API, behind the gateway's /pg. Its server would open a second port for metrics,
 * which is another part's; so its app is served from here. It reads the environment while it is loaded.
 */
const { ports, urls } = stackConfig()
const log = logTo(process.stdout)

const { build } = await import('@supabase/postgres-meta/dist/server/app.js')
const app = build({ logger: false })
await app.listen({ host: '127.0.0.1', port: ports.meta })
log('info', 'postgres-meta is ready', { database: new URL(urls.database).host })

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void app.close().finally(() => process.exit()))
}
