import { expect, test } from 'vitest'
import { readPs, usageOf } from '../src/functions/usage.ts'

test('what a process uses is read: the time its JavaScript took, the memory it holds', async () => {
  const before = await usageOf(process.ppid)
  expect(before?.bytes).toBeGreaterThan(1_000_000)
  expect(before?.cpuMs).toBeGreaterThanOrEqual(0)
  expect(await usageOf(2 ** 22 + 1)).toBeUndefined()
})

test('ps says it in minutes and KiB, on macOS with hundredths', () => {
  expect(readPs('   0:01.23  40960\n')).toEqual({ cpuMs: 1230, bytes: 40 * 2 ** 20 })
  expect(readPs('01:02:03 1')).toEqual({ cpuMs: 3_723_000, bytes: 1024 })
})
