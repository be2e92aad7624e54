import { existsSync } from 'node:fs'
import {
  addresses,
  type Config,
  eraseData,
  liveStatus,
  readStatus,
  type Status,
  stackConfig,
} from '@p2p/stack'

/*
 * npm run stack -- status [-o pretty|json|env] · stop · reset
 */
const [command = 'status', ...options] = process.argv.slice(2)
const print = (text: string) => void process.stdout.write(`${text}\n`)

if (existsSync('.env')) process.loadEnvFile('.env')
const config = stackConfig()
const commands: Record<string, (config: Config) => Promise<number>> = { status, stop, reset }
process.exitCode = await (commands[command] ?? help)(config)

async function help(): Promise<number> {
  print('npm run stack -- status [-o pretty|json|env] | stop | reset')
  return 2
}

async function status(): Promise<number> {
  const live = await liveStatus(config.dir)
  const format =
    options[options.findIndex((option) => option === '-o' || option === '--output') + 1] ?? 'pretty'
  const names = Object.entries(addresses(config))
  if (format === 'json') print(JSON.stringify(Object.fromEntries(names), null, 2))
  else if (format === 'env') print(names.map(([name, value]) => `${name}="${value}"`).join('\n'))
  else print(pretty(names, live))
  return live?.state === 'ready' ? 0 : 1
}

function pretty(names: [string, string][], live: Status | undefined): string {
  if (!live) return `No stack runs in ${config.dir}. Start it with npm start.`
  const parts = Object.entries(live.parts).map(([name, { state, pid, restarts }]) => {
    const again = restarts > 0 ? `, started again ${restarts} times` : ''
    return `  ${name.padEnd(10)} ${state}${pid ? ` (process ${pid}${again})` : ''}`
  })
  const lines = names.map(([name, value]) => `  ${name.padEnd(17)} ${value}`)
  return [`The stack in ${config.dir} is ${live.state}.`, ...parts, '', ...lines].join('\n')
}

async function stop(): Promise<number> {
  const live = await liveStatus(config.dir)
  if (!live) {
    print(`No stack runs in ${config.dir}.`)
    return 0
  }
  process.kill(live.pid, 'SIGTERM')
  while (await liveStatus(config.dir)) await moment()
  print('Stopped.')
  return 0
}

/** Asks the running stack to start over, and waits until it has; where none runs, removes what one left. */
async function reset(): Promise<number> {
  const live = await liveStatus(config.dir)
  if (!live) {
    await eraseData(config)
    print(`No stack runs in ${config.dir}. Its data is removed: npm start makes it anew.`)
    return 0
  }
  if (live.state !== 'ready') {
    print(`The stack in ${config.dir} is ${live.state}: ask again when it is ready.`)
    return 1
  }
  process.kill(live.pid, 'SIGUSR2')
  for (;;) {
    await moment()
    const now = await readStatus(config.dir)
    if (!(await liveStatus(config.dir))) {
      print(`The stack ended while it started over. ${now?.why ?? ''}`)
      return 1
    }
    if (now && now.generation > live.generation && now.state === 'ready') break
  }
  print('Started over: an empty database, the migrations, the demo world.')
  return 0
}

function moment(): Promise<void> {
  return new Promise((tick) => setTimeout(tick, 200))
}
