import cluster from 'node:cluster'
import { stackConfig } from '../config.ts'
import { logTo } from '../log.ts'
import { readProject } from '../project.ts'
import { sweepStorage } from '../storage/sweep.ts'
import { startGateway } from './server.ts'

/*
 * The gateway is one process by itself, and as many more behind it as config.apiProcesses says; see the README for what
 * a second one brings.
 */
const config = stackConfig()
const log = logTo(process.stdout)

if (cluster.isPrimary) await sweepStorage(config)
if (cluster.isPrimary && config.apiProcesses > 1) lead()
else await serve()

/** A process that lasted this long is started again beside the others; else the supervisor starts all, slower each time. */
const steadyMs = 2_000

function lead(): void {
  let stopping = false
  const began = new Map<number, number>()
  const start = () => began.set(cluster.fork().id, performance.now())
  for (let count = 0; count < config.apiProcesses; count++) start()
  cluster.on('exit', ({ id, process: { pid } }, code, signal) => {
    if (stopping) return
    const lasted = performance.now() - (began.get(id) ?? 0)
    began.delete(id)
    log('error', 'a gateway process ended', { pid, code, signal })
    if (lasted < steadyMs) process.exit(1)
    start()
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stopping = true
      cluster.disconnect(() => process.exit())
      for (const worker of Object.values(cluster.workers ?? {})) worker?.kill('SIGTERM')
    })
  }
}

async function serve(): Promise<void> {
  const gateway = await startGateway(config, await readProject(config), log)
  log('info', 'the gateway is ready', { url: config.urls.api })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void gateway.close().finally(() => process.exit()))
  }
}
