import { createServer } from 'node:net'
import { describe, expect } from 'vitest'
import { fail, hold, tables, testWork } from '../testing/work.ts'
import { test, until, type Workshop } from '../testing/workshop.ts'

const ask = ({ db }: Workshop, queue: string, data: object) =>
  db.query<{ id: string }>('select private.enqueue($1, $2) as id', [queue, data])

const health = async ({ db }: Workshop) =>
  (await db.query('select public.platform_health() as health')).rows[0].health

const states = async ({ jobs }: Workshop, queue: string) => (await jobs(queue)).map(({ state }) => state)

const died = (workshop: Workshop) =>
  until(async () => {
    await workshop.wake(fail.name)
    expect(await states(workshop, `${fail.name}.dead`)).toEqual(['created'])
  })

describe('a job', () => {
  test('that fails is tried again and ends in the dead letter queue, with why', async ({ workshop }) => {
    await workshop.start(testWork)
    await ask(workshop, fail.name, { because: 'the press is jammed' })
    await died(workshop)

    expect(await workshop.jobs(fail.name)).toMatchObject([
      { state: 'failed', retry_count: 2, output: { type: 'Error', message: 'the press is jammed' } },
    ])
    const ends = workshop.log.filter(({ outcome }) => outcome)
    expect(ends.map(({ attempt, outcome }) => [attempt, outcome])).toEqual([
      [1, 'failed'],
      [2, 'failed'],
      [3, 'dead'],
    ])
  })

  test('whose payload is wrong goes to the dead letter queue without a second try', async ({ workshop }) => {
    await workshop.start(testWork)
    await ask(workshop, fail.name, { because: 7 })
    await died(workshop)
    expect(await workshop.jobs(fail.name)).toMatchObject([{ state: 'failed', retry_count: 0 }])
  })

  test('is begun when its transaction commits, and not at the next poll', async ({ workshop }) => {
    await workshop.db.query(tables)
    await workshop.start(testWork)
    await workshop.db.query(`insert into private.gates values ('now')`)
    const asked = performance.now()
    await ask(workshop, hold.name, { key: 'now' })
    await until(async () => expect(await states(workshop, hold.name)).toEqual(['completed']))
    // The poll behind the notification comes every five seconds.
    expect(performance.now() - asked).toBeLessThan(2_500)
  })

  test('is done although every connection of the worker was cut', async ({ workshop }) => {
    await workshop.db.query(tables)
    await workshop.start(testWork)
    await workshop.db.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name like 'p2p-worker%'`,
    )
    await workshop.db.query(`insert into private.gates values ('after')`)
    await ask(workshop, hold.name, { key: 'after' })
    await until(async () => expect(await states(workshop, hold.name)).toEqual(['completed']))
  })
})

describe('the queues', () => {
  test('take the settings of their contract each time a worker starts', async ({ workshop }) => {
    const queue = 'identity.send-welcome-mail'
    await workshop.db.query('update pgboss.queue set retry_limit = 0, notify = false where name = $1', [
      queue,
    ])
    await workshop.start()
    const { rows } = await workshop.db.query('select * from pgboss.queue where name = $1', [queue])
    expect(rows).toMatchObject([
      {
        retry_limit: 8,
        retry_delay: 20,
        retry_backoff: true,
        expire_seconds: 300,
        heartbeat_seconds: 30,
        dead_letter: `${queue}.dead`,
        notify: true,
      },
    ])
  })

  test('lose the schedule of a job that has none any more', async ({ workshop }) => {
    const worker = await workshop.start()
    await worker.stop()
    await workshop.start(testWork)
    expect((await workshop.db.query('select from pgboss.schedule')).rowCount).toBe(0)
  })
})

describe('what watches the worker', () => {
  test('is answered 200 with a line a part while all is well', async ({ workshop }) => {
    await workshop.start()
    await until(async () => {
      const answer = await fetch(`${workshop.url}/health`)
      expect(answer.status).toBe(200)
      expect(await answer.json()).toEqual({
        status: 'ok',
        parts: { database: { ok: true }, queue: { ok: true }, mail: { ok: true } },
      })
    })
  })

  test('sees in the database that worker and mail server live', async ({ workshop }) => {
    await workshop.start()
    await until(async () =>
      expect(await health(workshop)).toMatchObject({ worker: { ok: true }, mail: { ok: true } }),
    )
  })

  test('sees that the mail server is away, which is not the worker’s fault', async ({ workshop }) => {
    await workshop.mail.stop()
    await workshop.start()
    await until(async () => {
      expect(await health(workshop)).toMatchObject({ worker: { ok: true }, mail: { ok: false } })
      const answer = await fetch(`${workshop.url}/health`)
      expect(answer.status).toBe(200)
      expect(await answer.json()).toMatchObject({
        parts: { mail: { ok: false, reason: expect.any(String) } },
      })
    })
  })

  test('is answered 503 when the database has gone', async ({ workshop }) => {
    await workshop.start()
    await workshop.dropDatabase()
    await until(async () => {
      const answer = await fetch(`${workshop.url}/health`)
      expect(answer.status).toBe(503)
      expect(await answer.json()).toMatchObject({ status: 'unavailable', parts: { database: { ok: false } } })
    })
  })

  test('reads what was done, how long it took and what waits, as Prometheus has it', async ({ workshop }) => {
    await workshop.start(testWork)
    await ask(workshop, fail.name, { because: 'the press is jammed' })
    await died(workshop)

    const answer = await fetch(`${workshop.url}/metrics`)
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/)
    const text = await answer.text()
    expect(text).toMatch(/^p2p_jobs_total\{queue="test\.fail",outcome="failed"\} 2$/m)
    expect(text).toMatch(/^p2p_jobs_total\{queue="test\.fail",outcome="dead"\} 1$/m)
    expect(text).toMatch(/^p2p_job_duration_seconds_count\{queue="test\.fail"\} 3$/m)
    expect(text).toMatch(/^p2p_queue_jobs\{queue="test\.fail\.dead",state="ready"\} \d+$/m)
    expect(text).toMatch(/^process_cpu_seconds_total /m)
  })
})

describe('a start that fails', () => {
  test('says so where a port is taken, and holds nothing open', async ({ workshop }) => {
    const squatter = createServer()
    await new Promise<void>((done) => squatter.listen(workshop.env.WORKER_PORT, '127.0.0.1', done))
    await expect(workshop.start()).rejects.toThrow(`Cannot listen on 127.0.0.1:${workshop.env.WORKER_PORT}`)
    await new Promise((done) => squatter.close(done))
    await workshop.start()
  })

  test('says so where the queue was never made', async ({ workshop }) => {
    await workshop.db.query('drop schema pgboss cascade')
    await expect(workshop.start()).rejects.toThrow(/pg-boss/)
  })
})
