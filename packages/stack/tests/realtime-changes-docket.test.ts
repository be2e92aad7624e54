import pg from 'pg'
import { expect, test, vi } from 'vitest'
import { Docket } from '../src/realtime/changes/docket.ts'
import type { Change } from '../src/realtime/changes/wal.ts'

const change = (table: number, bytes = 100): Change => ({
  table,
  xid: 1,
  bytes,
  wal: { action: 'I', timestamp: '2026-01-01T00:00:00.000Z', schema: 'public', table: `t${table}` },
})

const fault = (code: string) => Object.assign(new pg.DatabaseError('no', 2, 'error'), { code })

test('a change that cannot be judged is left out alone, and the log says so', async () => {
  const told: number[] = []
  const lines: string[] = []
  const docket = new Docket({
    concerns: () => true,
    async hear(changes) {
      if (changes.some(({ table }) => table === 2)) throw fault('22P02')
      told.push(...changes.map(({ table }) => table))
    },
    log: (level, message) => void lines.push(`${level} ${message}`),
  })
  for (const table of [1, 2, 3]) docket.add(change(table))
  await vi.waitFor(() => expect(told).toEqual([1, 3]))
  expect(lines).toEqual(['error a change could not be judged and is not told'])
})

test('a database that is away is waited for', async () => {
  const told: number[] = []
  const failures: unknown[] = [fault('57P01'), new Error('Connection terminated')]
  const docket = new Docket({
    concerns: ({ table }) => table !== 2,
    async hear(changes) {
      const failure = failures.shift()
      if (failure) throw failure
      told.push(...changes.map(({ table }) => table))
    },
    log: () => {},
  })
  for (const table of [1, 2, 3]) docket.add(change(table))
  await vi.waitFor(() => expect(told).toEqual([1, 3]))
})

test('a long docket says so, and says when it is short again', async () => {
  let go = () => {}
  const gate = new Promise<void>((open) => {
    go = open
  })
  const docket = new Docket({ concerns: () => true, hear: () => gate, log: () => {} })
  for (let n = 0; n < 3; n++) docket.add(change(n, 9_000_000))
  expect(docket.isLong).toBe(true)
  const calm = new Promise<void>((rest) => docket.whenCalm(rest))
  go()
  await calm
  expect(docket.isLong).toBe(false)
  docket.close()
})
