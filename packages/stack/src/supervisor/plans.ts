import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type Config, root } from '../config.ts'
import type { Project } from '../project.ts'
import type { PartPlan } from './child.ts'
import { isListening } from './port-owner.ts'

const source = (path: string) => join(root, 'packages', path)

export const answersAt = (url: string) => () =>
  fetch(url, { signal: AbortSignal.timeout(2000) }).then(
    ({ ok, body }) => {
      void body?.cancel()
      return ok
    },
    () => false,
  )

const listensAt = (port: number) => () => isListening(port)

/** Each part that is a process, and what it is told. The order is that of the start. */
export function plans(config: Config, project: Project): Record<string, PartPlan> {
  const { ports, urls, keys } = config
  const shared = {
    STACK_PORT: String(config.port),
    STACK_DIR: config.dir,
    STACK_CONFIG: config.projectFile,
    STACK_API_PROCESSES: String(config.apiProcesses),
    STACK_RATE_LIMITS: config.rateLimits ? 'on' : 'off',
    SITE_URL: urls.site,
  }
  const ours = (name: string, path: string, more: Partial<PartPlan>): PartPlan => ({
    name,
    args: [source(`stack/src/${path}`)],
    cwd: root,
    env: shared,
    isReady: async () => true,
    graceMs: 5_000,
    ...more,
  })
  return {
    mail: ours('mail', 'mail/main.ts', { isReady: answersAt(`${urls.mail}/livez`) }),
    gateway: ours('gateway', 'gateway/main.ts', { isReady: answersAt(`${urls.api}/storage/v1/status`) }),
    realtime: ours('realtime', 'realtime/main.ts', {
      isReady: listensAt(ports.realtime),
      env: {
        REALTIME_PORT: String(ports.realtime),
        DATABASE_URL: urls.databaseAdmin,
        JWT_SECRET: keys.jwtSecret,
        JWT_JWKS: JSON.stringify(keys.jwks),
        PUBLISHABLE_KEY: keys.publishable,
        SECRET_KEY: keys.secret,
      },
    }),
    functions: ours('functions', 'functions/main.ts', {
      isReady: listensAt(ports.functions),
      env: { ...shared, ...config.functionVariables },
    }),
    worker: {
      name: 'worker',
      args: [source('worker/src/main.ts')],
      cwd: root,
      env: workerEnv(config, project),
      isReady: answersAt(`${urls.worker}/health`),
      graceMs: 30_000,
    },
    web: webPlan(ports.web, urls.api, keys.publishable),
    studio: ours('studio', 'studio/main.ts', { isReady: listensAt(ports.studio) }),
    meta: ours('meta', 'meta/main.ts', {
      isReady: listensAt(ports.meta),
      env: { ...shared, PG_META_DB_URL: urls.database },
    }),
  }
}

const workerEnv = ({ ports, urls, keys }: Config, { local_smtp: sender }: Project) => ({
  DATABASE_URL: urls.database,
  SUPABASE_URL: urls.api,
  SUPABASE_SECRET_KEY: keys.secret,
  SMTP_URL: urls.smtp,
  MAIL_FROM: sender.admin_email,
  SITE_URL: urls.site,
  WORKER_PORT: String(ports.worker),
})

/** The web app by Vite, against whichever Supabase. */
export function webPlan(port: number, supabaseUrl: string, publishableKey: string): PartPlan {
  const web = join(root, 'web')
  const manifest = createRequire(join(web, 'package.json')).resolve('vite/package.json')
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8'))
  return {
    name: 'web',
    args: [
      join(dirname(manifest), bin.vite),
      '--port',
      String(port),
      '--strictPort',
      '--host',
      '127.0.0.1',
      '--clearScreen',
      'false',
    ],
    cwd: web,
    env: { VITE_SUPABASE_URL: supabaseUrl, VITE_SUPABASE_PUBLISHABLE_KEY: publishableKey },
    isReady: answersAt(`http://127.0.0.1:${port}/`),
    graceMs: 5_000,
  }
}
