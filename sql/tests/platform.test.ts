import { test } from '@p2p/database/testing'
import { describe, expect } from 'vitest'

describe('limits', () => {
  test('the last knock that is allowed passes, the next waits', async ({ db }) => {
    await db.asService()
    const knock = async () => {
      const [row] = await db.sql`select take_rate_limit('signup.ip', '10.0.0.1', 2, 3600) as answer`
      return row.answer
    }
    expect((await knock()).allowed).toBe(true)
    expect((await knock()).allowed).toBe(true)
    const refused = await knock()
    expect(refused.allowed).toBe(false)
    expect(refused.retry_after).toBeGreaterThan(0)
    expect(refused.retry_after).toBeLessThanOrEqual(3600)
  })

  test('subjects and buckets are counted apart', async ({ db }) => {
    await db.asService()
    await db.sql`select take_rate_limit('signup.ip', '10.0.0.1', 1, 3600)`
    const [other] =
      await db.sql`select take_rate_limit('signup.ip', '10.0.0.2', 1, 3600) ->> 'allowed' as allowed`
    const [bucket] =
      await db.sql`select take_rate_limit('signup.email', '10.0.0.1', 1, 3600) ->> 'allowed' as allowed`
    expect([other.allowed, bucket.allowed]).toEqual(['true', 'true'])
  })
})

describe('health', () => {
  test('a worker that beats is well, one that fell silent is not', async ({ db }) => {
    const health = async () => (await db.sql`select platform_health() as health`)[0].health
    expect(await health()).toMatchObject({
      queue: { ok: true, waiting: 0 },
      worker: { ok: false },
      mail: { ok: false },
    })
    await db.sql`insert into private.heartbeats (part, ok) values ('worker', true), ('mail', false)`
    expect(await health()).toMatchObject({ worker: { ok: true }, mail: { ok: false } })
    await db.sql`update private.heartbeats set beat_at = now() - interval '31 seconds'`
    expect(await health()).toMatchObject({ worker: { ok: false } })
  })

  test('work that waits past its time is a fault', async ({ db }) => {
    await db.person('ada')
    await db.sql`update pgboss.job set start_after = now() - interval '6 minutes'`
    const [row] = await db.sql`select platform_health() -> 'queue' as queue`
    expect(row.queue).toEqual({ ok: false, waiting: 1 })
  })
})

describe('jobs', () => {
  test('work for a queue that nobody made is refused, with the change that asked', async ({ db }) => {
    await expect(db.sql`select private.enqueue('nobody.does-this', '{}')`).rejects.toThrow(
      'no queue "nobody.does-this"',
    )
  })

  test('the id of the request follows into the job', async ({ db }) => {
    await db.sql`select set_config('request.headers', '{"x-request-id": "browser-12345"}', true)`
    await db.sql`select private.enqueue('identity.send-welcome-mail', '{"userId": "x"}')`
    expect(await db.sql`select data from pgboss.job`).toEqual([
      { data: { userId: 'x', requestId: 'browser-12345' } },
    ])
  })

  test('a request id that is no id is dropped', async ({ db }) => {
    await db.sql`select set_config('request.headers', ${JSON.stringify({ 'x-request-id': 'a\nb"; drop' })}, true)`
    expect(await db.sql`select private.request_id() as id`).toEqual([{ id: null }])
  })
})
