import { randomUUID } from 'node:crypto'
import { describe, expect } from 'vitest'
import { test, until, type Workshop } from '../../../testing/workshop.ts'

const queue = 'identity.send-welcome-mail'
const ask = ({ db }: Workshop, userId: string) =>
  db.query('select private.enqueue($1, $2)', [queue, { userId }])
const done = async ({ jobs }: Workshop, count = 1) =>
  until(async () =>
    expect((await jobs(queue)).filter(({ state }) => state === 'completed')).toHaveLength(count),
  )

describe('the welcome mail', () => {
  test('is there as soon as Ada has verified her address, in her language', async ({ workshop }) => {
    await workshop.start()
    await workshop.signUp('Ada', { locale: 'ar', organization: 'مصنع نجد' })
    await done(workshop)

    const [mail] = workshop.mail.caught
    expect(mail).toMatchObject({
      recipients: ['ada@ada.example'],
      from: { address: 'no-reply@p2p.example', name: 'P2P Sandbox' },
      subject: 'أهلًا بك في P2P Sandbox يا Ada',
    })
    expect(mail?.html).toContain('dir="rtl"')
    expect(mail?.text).toContain('مصنع نجد')
    expect(workshop.mail.caught).toHaveLength(1)
  })

  test('is sent once, however often it is asked for', async ({ workshop }) => {
    const ada = await workshop.signUp('Ada')
    await ask(workshop, ada)
    await workshop.start()
    await done(workshop, 2)
    expect(workshop.mail.caught).toHaveLength(1)
  })

  test('is sent once when two workers hold it at the same moment', async ({ workshop }) => {
    let release = () => {}
    workshop.mail.hold = new Promise((resolve) => {
      release = resolve
    })
    const ada = await workshop.signUp('Ada')
    await ask(workshop, ada)
    await workshop.start()
    const both = `select 1 from pgboss.job where name = $1 and state = 'active' having count(*) = 2`
    await until(async () => expect((await workshop.db.query(both, [queue])).rowCount).toBe(1))
    release()
    await done(workshop, 2)
    expect(workshop.mail.arrived).toBe(1)
  })

  test('waits while the mail server is in trouble, and leaves no note that it was sent', async ({
    workshop,
  }) => {
    workshop.mail.mood = { data: 451 }
    await workshop.start()
    await workshop.signUp('Ada')
    await until(async () => expect(await workshop.jobs(queue)).toMatchObject([{ state: 'retry' }]))
    expect((await workshop.db.query('select from private.sent_mails')).rowCount).toBe(0)

    workshop.mail.mood = {}
    await workshop.db.query('update pgboss.job set start_after = now()')
    await workshop.wake(queue)
    await done(workshop)
    expect(workshop.mail.caught).toHaveLength(1)
  })

  test('to a mailbox that does not exist is given up at once, without its address in log or queue', async ({
    workshop,
  }) => {
    workshop.mail.mood = { recipient: 550 }
    await workshop.start()
    await workshop.signUp('Ada')
    await until(async () => expect(await workshop.jobs(`${queue}.dead`)).toHaveLength(1))
    expect(await workshop.jobs(queue)).toMatchObject([{ state: 'failed', retry_count: 0 }])

    const [dead] = await workshop.jobs(queue)
    expect(JSON.stringify([dead, workshop.log])).not.toMatch(/ada\.example|secret\.example/)
  })

  test('is not sent to somebody who has gone', async ({ workshop }) => {
    await ask(workshop, randomUUID())
    await workshop.start()
    await done(workshop)
    expect(workshop.mail.caught).toEqual([])
  })

  test('carries the id of the request that asked for it through the log', async ({ workshop }) => {
    await workshop.start()
    const ada = await workshop.signUp('Ada', { verified: false })
    await workshop.db.query(
      `update auth.users set email_confirmed_at = now(),
         raw_user_meta_data = raw_user_meta_data || '{"request_id": "req-from-browser"}' where id = $1`,
      [ada],
    )
    await done(workshop)
    const lines = workshop.log.filter((line) => line.job === queue)
    expect(lines.map(({ request_id }) => request_id)).toEqual(lines.map(() => 'req-from-browser'))
    expect(lines.length).toBeGreaterThan(1)
  })
})
