import { afterAll, beforeAll, expect, test } from 'vitest'
import { withClient } from '../src/sql.ts'
import { startTestStack, type TestStack } from '../testing/stack.ts'
import { clientOf, kill, makeTable } from './faults-world.ts'

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
  await makeTable(stack)
})
afterAll(() => stack.stop())

test('a change that was acknowledged before Postgres was killed, or after, is told once', async () => {
  const ada = clientOf(stack)
  const heard: number[] = []
  const subscribed = new Promise((ready) => {
    ada
      .channel('kept')
      .on<{ n: number }>(
        'postgres_changes',
        { event: 'INSERT', schema: 'public', table: 'kept' },
        (event) => {
          heard.push(event.new.n)
        },
      )
      .on('system', {}, ready)
      .subscribe()
  })
  await subscribed
  const acknowledged: number[] = []
  let isOver = false
  const writing = (async () => {
    for (let n = 1; !isOver; n++) {
      await withClient(stack.urls.database, (client) =>
        client.query('insert into public.kept values ($1)', [n]),
      ).then(
        () => acknowledged.push(n),
        () => {},
      )
    }
  })()
  await expect.poll(() => acknowledged.length).toBeGreaterThan(5)
  await kill(stack, 'postgres')
  const before = acknowledged.length
  await expect.poll(() => acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(before + 5)
  isOver = true
  await writing
  await expect
    .poll(() => heard.filter((n) => acknowledged.includes(n)), { timeout: 20_000 })
    .toEqual(acknowledged)
  expect(new Set(heard).size).toBe(heard.length)
  await ada.removeAllChannels()
})
