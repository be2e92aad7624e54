import { stackConfig } from '../config.ts'
import { logTo } from '../log.ts'
import { startFunctions } from './server.ts'

const log = logTo(process.stdout)
const { port, close } = await startFunctions(stackConfig(), {
  log,
  print: (line) => void process.stdout.write(`${line}\n`),
})
log('info', 'edge functions are ready', { port })

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void close().finally(() => process.exit()))
}
