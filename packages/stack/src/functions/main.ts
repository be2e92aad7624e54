import { stackConfig } from '../config.ts'
import { logTo } from '../log.ts'
import { readProject } from '../project.ts'
import { startFunctions } from './server.ts'

const config = stackConfig()
const log = logTo(process.stdout)
const { port, close } = await startFunctions(config, await readProject(config), {
  log,
  print: (line) => void process.stdout.write(`${line}\n`),
})
log('info', 'edge functions are ready', { port })

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void close().finally(() => process.exit()))
}
