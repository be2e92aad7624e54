import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect } from 'vitest'
import type { Env } from '../_shared/env.ts'
import { serve } from '../_shared/serve.ts'
import { type Ground, test, until } from '../testing/ground.ts'
import { keptLog } from '../testing/kept-log.ts'
import { health } from './health.ts'

keptLog()

const ask = async (env: Env) => {
  const answer = await serve('health', 'GET', health(env))(new Request('http://gateway/functions/v1/health'))
  return { status: answer.status, body: await answer.json() }
}

const beat = ({ db }: Ground, part: string, ok = true, ago = '0 seconds') =>
  db.query(
    `insert into private.heartbeats (part, ok, beat_at) values ($1, $2, now() - $3::interval)
     on conflict (part) do update set ok = excluded.ok, beat_at = excluded.beat_at`,
    [part, ok, ago],
  )

const well = { ok: true, ms: expect.any(Number) }

beforeEach<{ ground: Ground }>(async ({ ground }) => {
  await beat(ground, 'worker')
  await beat(ground, 'mail')
})

describe('the health of the platform', () => {
  test('is 200 with a line for every part while all are well', async ({ ground }) => {
    expect(await ask(ground.env)).toEqual({
      status: 200,
      body: {
        status: 'ok',
        parts: {
          database: well,
          auth: well,
          storage: well,
          realtime: well,
          queue: well,
          worker: well,
          mail: well,
        },
      },
    })
  })

  test('is 503 when the worker has been silent for half a minute', async ({ ground }) => {
    await beat(ground, 'worker', true, '31 seconds')
    const { status, body } = await ask(ground.env)
    expect(status).toBe(503)
    expect(body.parts).toMatchObject({
      worker: { ok: false, reason: 'shows no sign of life' },
      database: well,
    })
  })

  test('is 503 when the worker cannot reach the mail server', async ({ ground }) => {
    await beat(ground, 'mail', false)
    const { status, body } = await ask(ground.env)
    expect(status).toBe(503)
    expect(body.parts).toMatchObject({ mail: { ok: false }, worker: well })
  })

  test('is 503 when work that was due is not being done', async ({ ground }) => {
    await ground.db.query(`select private.enqueue('identity.remove-unverified-signups', '{}')`)
    await ground.db.query(`update pgboss.job set start_after = now() - interval '6 minutes'`)
    const { status, body } = await ask(ground.env)
    await ground.db.query('delete from pgboss.job')
    expect(status).toBe(503)
    expect(body.parts).toMatchObject({ queue: { ok: false }, worker: well })
  })

  test('is 503 while Realtime is away, and says that the rest is well', async ({ ground }) => {
    await ground.realtime.stop()
    const { status, body } = await ask(ground.env)
    expect(status).toBe(503)
    expect(body.parts).toMatchObject({ realtime: { ok: false }, database: well, auth: well, storage: well })
    await ground.realtime.start()
    await until(async () => expect((await ask(ground.env)).status).toBe(200))
  })
})

describe('parts that misbehave', () => {
  let server: Server
  const served = (handler: Parameters<typeof createServer>[1]): Promise<Env> =>
    new Promise((ready) => {
      server = createServer(handler).listen(0, '127.0.0.1', () => {
        const { port } = server.address() as AddressInfo
        ready({
          url: `http://127.0.0.1:${port}`,
          publishableKey: 'publishable',
          secretKey: 'secret-of-ours',
          signupMaxPerNetwork: 1,
        })
      })
    })
  afterEach(() => {
    server?.closeAllConnections()
    server?.close()
  })

  test('are waited for no longer than two seconds, all at once', async () => {
    const env = await served(() => {})
    const started = performance.now()
    const { status, body } = await ask(env)
    expect(performance.now() - started).toBeLessThan(3_500)
    expect(status).toBe(503)
    expect(body.parts).toMatchObject({
      database: { ok: false, reason: 'does not answer' },
      auth: { ok: false, reason: 'does not answer' },
      realtime: { ok: false, reason: 'does not answer' },
      queue: { ok: false, reason: 'not known while the database is away' },
    })
  })

  test('cannot speak through our answer', async () => {
    const env = await served((_, response) => {
      response.writeHead(500, { 'content-type': 'application/json' })
      response.end('{"message":"password authentication failed for user postgres at 10.1.2.3"}')
    })
    const { status, body } = await ask(env)
    expect(status).toBe(503)
    const text = JSON.stringify(body)
    expect(text).toContain('answers 500')
    expect(text).not.toMatch(/postgres|10\.1\.2\.3|127\.0\.0\.1|secret-of-ours/)
  })

  test('are asked once, however many ask us', async () => {
    let asked = 0
    const env = await served((request, response) => {
      if (request.url === '/auth/v1/health') asked += 1
      response.end('{}')
    })
    const page = serve('health', 'GET', health(env))
    await Promise.all(Array.from({ length: 20 }, () => page(new Request('http://gateway/'))))
    expect(asked).toBe(1)
  })
})
