import { expect } from 'vitest'
import { test, until } from '../../../testing/workshop.ts'

const queue = 'platform.sweep-rate-limits'

test('limits that are over go, those that hold stay', async ({ workshop }) => {
  await workshop.db.query(
    `insert into private.rate_limits (bucket, subject, window_start, hits)
     values ('signup.network', 'old', now() - interval '3 days', 1), ('signup.network', 'new', now(), 1)`,
  )
  await workshop.db.query('select private.enqueue($1, $2)', [queue, {}])
  await workshop.start()
  await until(async () => expect(await workshop.jobs(queue)).toMatchObject([{ state: 'completed' }]))
  const { rows } = await workshop.db.query('select subject from private.rate_limits')
  expect(rows).toEqual([{ subject: 'new' }])
})
