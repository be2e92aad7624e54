import { expect, test } from 'vitest'
import { racing } from './racing.ts'

const { owner } = racing()

test('a hundred knocks where ten may pass: ten pass', async () => {
  const knock = () =>
    owner(`select (take_rate_limit('signup.ip', '10.0.0.1', 10, 3600) -> 'allowed')::boolean as allowed`)
  const answers = (await Promise.all(Array.from({ length: 100 }, knock))).flat()
  expect(answers.filter(({ allowed }) => allowed)).toHaveLength(10)
})
