import { logTo } from '../log.ts'
import { readEnv } from './env.ts'
import { startRealtime } from './server.ts'

const log = logTo(process.stdout)
const env = readEnv()
const realtime = await startRealtime({
  port: env.REALTIME_PORT,
  databaseUrl: env.DATABASE_URL,
  jwtSecret: env.JWT_SECRET,
  keys: { publishable: env.PUBLISHABLE_KEY, secret: env.SECRET_KEY },
  log,
})
log('info', 'realtime is ready', { port: realtime.port })

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void realtime.stop().then(() => process.exit())
  })
}
