import { availableParallelism } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Env, readEnv } from './env.ts'
import { type Keys, readKeys } from './keys.ts'
import { connectionUrl } from './sql.ts'

export const root = fileURLToPath(new URL('../../../', import.meta.url))

const standardPort = 54_321
const standardWebPort = 5173

const offsets = {
  api: 0,
  database: 1,
  studio: 2,
  mail: 3,
  smtp: 4,
  realtime: 5,
  meta: 6,
  functions: 7,
  worker: 9,
  web: 10,
} as const

export type Part = keyof typeof offsets

export type Config = {
  dir: string
  /** The file with the project's settings, which readProject() reads. */
  projectFile: string
  port: number
  ports: Record<Part, number>
  urls: {
    api: string
    /** Role `postgres`: migrations, the worker, people. */
    database: string
    /** Role `supabase_admin`, the superuser. */
    databaseAdmin: string
    studio: string
    mail: string
    smtp: string
    worker: string
    web: string
    /** Where links in mails lead. */
    site: string
  }
  keys: Keys
  apiProcesses: number
  /** Whether Auth counts what each address asks for. */
  rateLimits: boolean
  /** Variables for the edge functions that come from this process's environment. */
  functionVariables: Record<string, string>
  /** One of the roles that Auth, Storage and the Data API log in as. */
  databaseAs(role: string): string
}

/** Everything that follows from the environment. Every process of the stack derives it anew and gets the same. */
export function stackConfig(env: Env = readEnv()): Config {
  const port = env.STACK_PORT ?? standardPort
  const at = (part: Part) => port + offsets[part]
  const web = env.STACK_PORT === undefined ? standardWebPort : at('web')
  const databaseAs = (role: string) => connectionUrl(role, 'postgres', at('database'))
  const dir = env.STACK_DIR ?? '.stack'
  const webUrl = `http://localhost:${web}`
  const projectFile = resolve(root, env.STACK_CONFIG ?? 'supabase/config.toml')
  return {
    dir: isAbsolute(dir) ? dir : resolve(join(root, dir)),
    projectFile,
    port,
    ports: {
      api: at('api'),
      database: at('database'),
      studio: at('studio'),
      mail: at('mail'),
      smtp: at('smtp'),
      realtime: at('realtime'),
      meta: at('meta'),
      functions: at('functions'),
      worker: at('worker'),
      web,
    },
    urls: {
      api: `http://127.0.0.1:${at('api')}`,
      database: databaseAs('postgres'),
      databaseAdmin: databaseAs('supabase_admin'),
      studio: `http://127.0.0.1:${at('studio')}`,
      mail: `http://127.0.0.1:${at('mail')}`,
      smtp: `smtp://127.0.0.1:${at('smtp')}`,
      worker: `http://127.0.0.1:${at('worker')}`,
      web: webUrl,
      site: env.SITE_URL ?? webUrl,
    },
    keys: readKeys(projectFile, resolve(root, 'supabase')),
    // On two cores a second one takes from Postgres what it brings (README, Figures).
    apiProcesses: env.STACK_API_PROCESSES ?? (availableParallelism() > 2 ? 2 : 1),
    rateLimits: env.STACK_RATE_LIMITS === 'on',
    functionVariables: {
      SITE_URL: env.SITE_URL ?? webUrl,
      ...(env.SIGNUP_MAX_PER_NETWORK && { SIGNUP_MAX_PER_NETWORK: env.SIGNUP_MAX_PER_NETWORK }),
    },
    databaseAs,
  }
}
