import { Hono } from 'hono'
import pg from 'pg'
import type { Config } from '../config.ts'
import { calls } from '../data/call.ts'
import { type Log, reasonOf } from '../log.ts'
import type { Project } from '../project.ts'
import { makeSignToken, makeVerifyToken } from '../tokens.ts'
import { absentSettings } from './absent.ts'
import { AuthFault, answerFault } from './fault.ts'
import { countedLimits, noLimits } from './limits.ts'
import { makeMailer } from './mailer.ts'
import type { Means } from './means.ts'
import { adminRoutes, peopleRoutes } from './people-routes.ts'
import { redirectsTo } from './redirects.ts'
import { adminFactorRoutes, sessionRoutes } from './session-routes.ts'
import { switchedOff, switchedOffAdmin } from './switched-off.ts'
import { readClaims } from './who.ts'

export type Auth = {
  fetch: (request: Request) => Promise<Response>
  close(): Promise<void>
}

/** Auth's API, in the schema `auth` of the database. */
export async function startAuth(config: Config, project: Project, log: Log): Promise<Auth> {
  const pool = connect(config, log, 8)
  // A mail is counted within a transaction: on a connection of the same pool, each could wait for another's.
  const counting = config.rateLimits ? connect(config, log, 2) : undefined
  const { smtp, site, api, web } = config.urls
  const { auth: settings } = project
  for (const name of absentSettings(settings)) {
    log('warn', `config.toml switches on ${name}, which is not here: it answers as if it were off`)
  }
  const mailer = makeMailer(smtp, project)
  const means: Means = {
    pool,
    settings,
    mailer,
    log,
    keys: config.keys,
    sign: makeSignToken(config.keys.signing),
    verify: makeVerifyToken(config.keys.jwks),
    redirects: redirectsTo(site, [...settings.additional_redirect_urls, web, `${web}/**`]),
    limits: counting ? countedLimits(counting, settings) : noLimits,
    site: site.replace(/\/+$/, ''),
    url: `${api}/auth/v1`,
  }
  const app = routes(means)
  return {
    // Whoever only looks at a link, as mail scanners do, must not use it up.
    fetch: async (request) =>
      request.method === 'HEAD' ? new Response(null, { status: 405 }) : app.fetch(request),
    async close() {
      mailer.close()
      await Promise.all([pool.end(), counting?.end()])
    },
  }
}

function connect(config: Config, log: Log, max: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: config.databaseAs('supabase_auth_admin'),
    max,
    application_name: 'auth',
    connectionTimeoutMillis: 10_000,
  })
  // The pool listens to idle connections alone; one that breaks while it is used would end the process.
  pool.on('connect', (client) => void client.on('error', () => {}))
  pool.on('error', (error) => log('warn', 'auth lost a connection', { error: error.message }))
  return pool
}

/** Lets pass who comes with the secret key, or a token that is as good. */
async function requireAdmin(means: Means, request: Request): Promise<void> {
  const call = calls.getStore()
  if (!call) throw new Error('A request reached Auth past the gateway.')
  if (call.caller.isSecret) return
  await readClaims(means, request)
  throw new AuthFault(403, 'not_admin', 'User not allowed')
}

function routes(means: Means) {
  const app = new Hono({ strict: false })
    .basePath('/auth/v1')
    .route('/', peopleRoutes(means))
    .route('/', sessionRoutes(means))
    .route('/', switchedOff(means))
    .use('/invite', ({ req }, next) => requireAdmin(means, req.raw).then(next))
    .use('/admin/*', ({ req }, next) => requireAdmin(means, req.raw).then(next))
    .route('/', adminRoutes(means))
    .route('/', adminFactorRoutes(means))
    .route('/', switchedOffAdmin(means))
    .onError((error, { req }) => answerError(means.log, error, req.raw))
  return app.notFound(({ req }) => {
    const isHere = app.routes.some(({ method, path }) => method !== 'ALL' && fits(path, req.path))
    if (isHere) return new Response(null, { status: 405 })
    return new Response('404 page not found\n', { status: 404 })
  })
}

const fits = (pattern: string, path: string) =>
  new RegExp(`^${pattern.replaceAll('.', '\\.').replace(/:\w+/g, '[^/]+')}/?$`).test(path)

function answerError(log: Log, error: unknown, request: Request): Response {
  const { pathname: path } = new URL(request.url)
  if (!(error instanceof AuthFault)) {
    log('error', 'auth failed', { path, error: String(error) })
    const sentence = 'Unexpected failure, please check server logs for more information'
    return answerFault(request, new AuthFault(500, 'unexpected_failure', sentence))
  }
  if (error.status >= 500) {
    log('error', error.message, {
      path,
      cause: error.cause === undefined ? undefined : reasonOf(error.cause),
    })
  }
  return answerFault(request, error)
}
