import { expect, test } from 'vitest'
import { outcome, racing } from './racing.ts'

const { owner, signUp, as } = racing()

const rounds = 50

test('two who ask for a copy at the same moment get one', async () => {
  for (let round = 0; round < rounds; round += 1) {
    const ada = await signUp(`ada@copy-${round}.example`)
    const ask = () => as<string>(ada, `select request_data_export() ->> 'id' as answer`)
    const [one, other] = await Promise.all([ask(), ask()])
    expect(one).toBe(other)
    const promised = await owner(
      `select from pgboss.job where name = 'personal-data.build-export' and data ->> 'exportId' = $1`,
      [one],
    )
    expect(promised).toHaveLength(1)
  }
})

test('an erasure that is taken back while it begins is one or the other', async () => {
  for (let round = 0; round < rounds; round += 1) {
    const ada = await signUp(`ada@wish-${round}.example`)
    await as(ada, `select request_erasure('remove', true) as answer`)
    const [{ id }] = await owner(
      'update private.erasures set due_at = now() where user_id = $1 returning id',
      [ada],
    )
    const [taken, [{ begun }]] = await Promise.all([
      outcome(as(ada, 'select cancel_erasure() as answer')),
      owner('select private.begin_erasure($1) as begun', [id]),
    ])
    expect(taken === 'done', `round ${round}: ${taken}, ${begun}`).toBe(!begun)
    expect(await owner('select from private.erasures where id = $1', [id])).toHaveLength(begun ? 1 : 0)
  }
})
