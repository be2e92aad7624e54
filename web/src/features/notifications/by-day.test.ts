import { expect, test } from 'vitest'
import { byDay } from './by-day.ts'

test('days come in the order of the list, and a day once', () => {
  const at = (newest_at: string) => ({ newest_at })
  const list = [at('2026-11-21T20:00Z'), at('2026-11-21T08:00Z'), at('2026-11-20T23:59Z')]
  expect(byDay(list, (time) => time.slice(0, 10))).toEqual([
    { day: '2026-11-21', notices: list.slice(0, 2) },
    { day: '2026-11-20', notices: list.slice(2) },
  ])
  expect(byDay([], String)).toEqual([])
})
