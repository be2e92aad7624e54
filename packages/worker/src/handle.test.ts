import { job } from '@p2p/contracts'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { Hopeless, handle, requireHandlers } from './handle.ts'
import { createLog } from './log.ts'

const greet = job('test.greet', z.object({ name: z.string() }))
const run = { log: createLog('silent'), signal: new AbortController().signal }

test('a payload that is not the contract’s is hopeless, and its values are not told', async () => {
  const handler = handle(greet, async () => {})
  const running = handler.run({ name: { secret: 'ada@najd.example' } }, run)
  await expect(running).rejects.toThrow(Hopeless)
  await expect(running).rejects.toThrow(/test\.greet takes: name/)
  await expect(running).rejects.not.toThrow(/najd/)
})

test('a job without a hand, or with two, stops the start', () => {
  const handler = handle(greet, async () => {})
  expect(() => requireHandlers([greet], [])).toThrow(/test\.greet has 0 handlers/)
  expect(() => requireHandlers([greet], [handler, handler])).toThrow(/test\.greet has 2 handlers/)
  expect(() => requireHandlers([greet], [handler])).not.toThrow()
})
