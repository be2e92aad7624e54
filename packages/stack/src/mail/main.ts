import { serve } from '@hono/node-server'
import { stackConfig } from '../config.ts'
import { logTo } from '../log.ts'
import { mailApi } from './api.ts'
import { Letters } from './letters.ts'
import { startSmtp } from './smtp.ts'

const { ports, urls } = stackConfig()
const log = logTo(process.stdout)
const letters = new Letters()
const smtp = await startSmtp(ports.smtp, letters, log)
const http = serve({ fetch: mailApi(letters).fetch, port: ports.mail, hostname: '127.0.0.1' }, () =>
  log('info', 'the mail catcher is ready', { page: urls.mail, smtp: urls.smtp }),
)

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    http.close()
    void smtp.close().then(() => process.exit())
  })
}
