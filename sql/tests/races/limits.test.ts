import { lawDatabase, type ScratchDatabase, withClient } from '@p2p/database/testing/database'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'

// Committed transactions on connections of their own: what a rolled-back test cannot show.
let database: ScratchDatabase
beforeAll(async () => {
  database = await lawDatabase(inject('adminUrl'))
})
afterAll(() => database.drop())

test('a hundred knocks where ten may pass: ten pass', async () => {
  const knock = () =>
    withClient(database.url, async (client) => {
      const { rows } = await client.query(
        `select take_rate_limit('signup.ip', '10.0.0.1', 10, 3600) as answer`,
      )
      return rows[0].answer.allowed as boolean
    })
  const answers = await Promise.all(Array.from({ length: 100 }, knock))
  expect(answers.filter(Boolean)).toHaveLength(10)
})
