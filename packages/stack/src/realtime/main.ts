import { logTo } from '../log.ts'
import { limitsOf, readEnv } from './env.ts'
import { startRealtime } from './server.ts'

const log = logTo(process.stdout)
const env = readEnv()
const realtime = await startRealtime({
  port: env.REALTIME_PORT,
  databaseUrl: env.DATABASE_URL,
  jwtSecret: env.JWT_SECRET,
  jwks: env.JWT_JWKS,
  keys: { publishable: env.PUBLISHABLE_KEY, secret: env.SECRET_KEY },
  limits: limitsOf(env),
  privateOnly: env.REALTIME_PRIVATE_ONLY,
  log,
})
log('info', 'realtime is ready', { port: realtime.port })

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void realtime.stop().then(() => process.exit())
  })
}
