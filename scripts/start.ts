import { existsSync } from 'node:fs'
import {
  addresses,
  type Config,
  readEnv,
  reasonOf,
  type Stack,
  stackConfig,
  startAgainst,
  startStack,
} from '@p2p/stack'
import { demo } from './demo.ts'

/*
 * npm start: the whole platform on this machine. Where SUPABASE_URL is set, only the worker and the web app, against
 * that Supabase.
 */
const say = (line: string) => void process.stdout.write(`${line}\n`)

let running: Pick<Stack, 'stop'> | undefined
let stopping = 0

async function stop(): Promise<void> {
  // Whoever asks again does not want to wait; what is left ends with us. One Ctrl-C may well reach us twice, by npm.
  if (stopping && Date.now() - stopping > 1000) process.exit(1)
  if (stopping) return
  stopping = Date.now()
  say('\nStopping …')
  await running?.stop()
  process.exit(0)
}
process.on('SIGINT', stop)
process.on('SIGTERM', stop)
process.on('SIGHUP', stop)

try {
  if (existsSync('.env')) process.loadEnvFile('.env')
  const env = readEnv()
  const config = stackConfig(env)
  const begun = Date.now()
  if (env.SUPABASE_URL) {
    running = await startAgainst(env, config, say)
    say(`\nThe web app: ${config.urls.web} (against ${env.SUPABASE_URL})`)
  } else {
    say(`Starting the stack in ${config.dir} …`)
    const stack = await startStack(config, { say: (line) => say(`  ${line}`) })
    running = stack
    process.on('SIGUSR2', () => void stack.reset().then(() => say('  started over'), fail))
    greet(config, Date.now() - begun)
  }
} catch (error) {
  fail(error)
}

function fail(error: unknown): void {
  if (stopping) return
  process.stderr.write(`\n${reasonOf(error)}\n`)
  process.exit(1)
}

function greet(config: Config, took: number): void {
  const { WEB_URL, API_URL, STUDIO_URL, MAILPIT_URL, DB_URL } = addresses(config)
  say(`
Ready after ${(took / 1000).toFixed(1)} s.

  Web app    ${WEB_URL}
  Mails      ${MAILPIT_URL}
  Studio     ${STUDIO_URL}
  Supabase   ${API_URL}
  Database   ${DB_URL}

  Sign in as ${demo.people.join('\n             ')}
  with the password ${demo.password}

Keys: npm run stack -- status · Start over: npm run stack -- reset · Stop: Ctrl-C`)
}
