// The Data API of @supabase/lite by itself, as a process for gateway.ts. DATABASE_URL, PORT and CLAIMS say where, and what
// the token of whoever calls is taken to say: it checks no key and no token.
import { serve } from '@hono/node-server'
import { App } from '@supabase/lite'
import { PostgresConnection } from '@supabase/lite/postgres'
import { z } from 'zod'

const { DATABASE_URL = '', PORT = '', CLAIMS = '' } = process.env
const claims = z.looseObject({ sub: z.string(), role: z.string() }).parse(JSON.parse(CLAIMS))
const connection = new PostgresConnection({
  url: DATABASE_URL,
  postgresOptions: { max: 20, onnotice: () => {}, connection: { search_path: 'public,extensions' } },
})
const app = new App({
  connection,
  api: { enabled: true, schemas: ['public'], max_rows: 1000 },
  auth: { enabled: false },
  storage: { enabled: false },
  options: {
    server: {
      admin: false,
      apiKeys: false,
      disableStudio: true,
      middlewares: [
        async (context, next) => {
          context.set('ignoreAuthorization', true)
          context.set('apiKeyType', 'publishable')
          context.set('jwt', claims)
          context.set('userId', claims.sub)
          await next()
        },
      ],
    },
  },
})
await app.init()
serve({ fetch: (request) => app.fetch(request), port: Number(PORT), hostname: '127.0.0.1' }, () => {
  process.stdout.write('ready\n')
})
process.once('SIGTERM', () => process.exit())
