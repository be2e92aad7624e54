import { describe, expect } from 'vitest'
import { test, until, type Workshop } from '../../../testing/workshop.ts'

const queue = 'identity.remove-unverified-signups'

const age = ({ db }: Workshop, id: string, interval: string) =>
  db.query('update auth.users set created_at = now() - $2::interval where id = $1', [id, interval])

async function sweep({ db, jobs, start }: Workshop): Promise<void> {
  await db.query('select private.enqueue($1, $2)', [queue, {}])
  await start()
  await until(async () => expect(await jobs(queue)).toMatchObject([{ state: 'completed' }]))
}

const people = async ({ db }: Workshop) =>
  (await db.query('select email from auth.users order by email')).rows

describe('a signup nobody verified', () => {
  test('goes after a day with the company it claimed, whose domain is free again', async ({ workshop }) => {
    await age(workshop, await workshop.signUp('Eve', { verified: false }), '25 hours')
    await sweep(workshop)
    expect(await people(workshop)).toEqual([])
    for (const table of ['profiles', 'memberships', 'organizations']) {
      expect((await workshop.db.query(`select from public.${table}`)).rowCount, table).toBe(0)
    }
  })

  test('stays for its first day', async ({ workshop }) => {
    await age(workshop, await workshop.signUp('Ada', { verified: false }), '23 hours')
    await sweep(workshop)
    expect(await people(workshop)).toEqual([{ email: 'ada@ada.example' }])
  })

  test('is not confused with one that is verified, or with an invitation', async ({ workshop }) => {
    await age(workshop, await workshop.signUp('Ada'), '1 year')
    const bob = await workshop.signUp('Bob', { verified: false })
    await age(workshop, bob, '1 year')
    await workshop.db.query('update auth.users set invited_at = created_at where id = $1', [bob])
    await sweep(workshop)
    expect(await people(workshop)).toEqual([{ email: 'ada@ada.example' }, { email: 'bob@bob.example' }])
  })

  test('stays when it is verified at the very moment of the sweep', async ({ workshop }) => {
    const ada = await workshop.signUp('Ada', { verified: false })
    await age(workshop, ada, '25 hours')
    const verifying = await workshop.db.connect()
    await verifying.query('begin')
    await verifying.query('update auth.users set email_confirmed_at = now() where id = $1', [ada])
    await sweep(workshop)
    await verifying.query('commit')
    verifying.release()
    expect(await people(workshop)).toEqual([{ email: 'ada@ada.example' }])
  })
})

test('the sweep is on the clock, every hour', async ({ workshop }) => {
  await workshop.start()
  const { rows } = await workshop.db.query('select name, cron, timezone from pgboss.schedule')
  expect(rows).toContainEqual({ name: queue, cron: '17 * * * *', timezone: 'Asia/Riyadh' })
})
