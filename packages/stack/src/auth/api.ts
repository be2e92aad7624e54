import { Hono } from 'hono'
import pg from 'pg'
import type { Config } from '../config.ts'
import { calls } from '../data/call.ts'
import { type Log, reasonOf } from '../log.ts'
import type { Project } from '../project.ts'
import { refuseBanned, updateUser } from './account.ts'
import * as admin from './admin.ts'
import { AnyBody, readBody } from './bodies.ts'
import { AuthFault, answerFault } from './fault.ts'
import { innerAuth } from './inner.ts'
import { otp, recover, resend, verify, verifyByLink } from './links.ts'
import { makeMailer } from './mailer.ts'
import type { AuthService } from './service.ts'
import { token } from './sign-in.ts'
import { signup } from './signup.ts'

export type Auth = {
  fetch: (request: Request) => Promise<Response>
  close(): Promise<void>
}

/**
 * Auth's API. The routes here are those that @supabase/lite lacks, or answers otherwise than hosted Auth in a way that
 * would matter; every other request goes on to it.
 */
export async function startAuth(config: Config, project: Project, log: Log): Promise<Auth> {
  const pool = new pg.Pool({
    connectionString: config.databaseAs('supabase_auth_admin'),
    max: 8,
    application_name: 'auth',
  })
  pool.on('error', (error) => log('warn', 'auth lost a connection', { error: error.message }))
  const { smtp, site, api } = config.urls
  const mailer = makeMailer({ smtp, site, api }, project)
  const inner = await innerAuth(config, project, mailer, pool)
  const service: AuthService = { pool, settings: project.auth, mailer, inner: inner.fetch }
  const app = routes(service, log)
  return {
    fetch: async (request) => app.fetch(request),
    async close() {
      mailer.close()
      await Promise.all([inner.close(), pool.end()])
    },
  }
}

const caller = () => {
  const call = calls.getStore()
  if (!call) throw new Error('A request reached Auth past the gateway.')
  return call.caller
}

const Uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

function idOf(given: string): string {
  if (!Uuid.test(given)) throw new AuthFault(404, 'validation_failed', 'user_id must be an UUID')
  return given
}

function routes(service: AuthService, log: Log) {
  return new Hono()
    .basePath('/auth/v1')
    .post('/signup', ({ req }) => signup(service, req.raw))
    .post('/token', ({ req }) => token(service, req.raw))
    .post('/otp', ({ req }) => otp(service, req.raw))
    .post('/magiclink', ({ req }) => otp(service, req.raw))
    .post('/recover', ({ req }) => recover(service, req.raw))
    .post('/resend', ({ req }) => resend(service, req.raw))
    .post('/verify', ({ req }) => verify(service, req.raw))
    .get('/verify', ({ req }) => verifyByLink(service, req.raw))
    .use('/admin/*', async (_, next) => {
      if (!caller().isSecret) throw new AuthFault(403, 'not_admin', 'User not allowed')
      await next()
    })
    .post('/admin/users', ({ req }) => admin.createUser(service, req.raw))
    .get('/admin/users', ({ req }) => admin.listUsers(service, req.raw))
    .get('/admin/users/:id', ({ req }) => admin.getUser(service, idOf(req.param('id'))))
    .put('/admin/users/:id', ({ req }) => admin.changeUser(service, req.raw, idOf(req.param('id'))))
    .delete('/admin/users/:id', ({ req }) => admin.deleteUser(service, idOf(req.param('id'))))
    .all('/admin/*', () => {
      throw new AuthFault(404, 'not_found', 'The embedded stack does not have this part of the admin API')
    })
    .use('*', async (_, next) => {
      await refuseBanned(service, caller())
      await next()
    })
    .put('/user', ({ req }) => updateUser(service, req.raw, caller()))
    .all('*', async ({ req }) => {
      if (req.method !== 'GET' && req.method !== 'HEAD') await readBody(req.raw.clone(), AnyBody)
      return service.inner(req.raw)
    })
    .onError((error, { req }) => {
      if (!(error instanceof AuthFault)) {
        log('error', 'auth failed', { path: req.path, error: String(error) })
        return answerFault(
          req.raw,
          new AuthFault(
            500,
            'unexpected_failure',
            'Unexpected failure, please check server logs for more information',
          ),
        )
      }
      if (error.status >= 500)
        log('error', error.message, {
          path: req.path,
          cause: error.cause === undefined ? undefined : reasonOf(error.cause),
        })
      return answerFault(req.raw, error)
    })
}
