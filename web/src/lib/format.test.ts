import { describe, expect, test } from 'vitest'
import { exactTime, formatList, formatNumber, relativeTime, showTimesIn } from './format.ts'

const now = Date.parse('2026-11-21T12:00:00Z')
const ago = (seconds: number) => new Date(now - seconds * 1000).toISOString()

describe('a time', () => {
  test.each([
    [5, 'now', 'الآن'],
    [-60, 'now', 'الآن'],
    [3 * 60, '3 minutes ago', 'قبل 3 دقائق'],
    [2 * 3600, '2 hours ago', 'قبل ساعتين'],
    [86_400, 'yesterday', 'أمس'],
    [20 * 86_400, '1 Nov 2026', '1 نوفمبر 2026'],
  ])('%i seconds ago reads "%s" and "%s"', (seconds, english, arabic) => {
    expect(relativeTime(ago(seconds), 'en', now)).toBe(english)
    expect(relativeTime(ago(seconds), 'ar', now)).toBe(arabic)
  })

  test('is exact in the Gregorian calendar of both languages', () => {
    expect(exactTime('2026-11-21T12:00:00Z', 'en')).toContain('2026')
    expect(exactTime('2026-11-21T12:00:00Z', 'ar')).toMatch(/نوفمبر.*2026/)
  })
})

test('a time is told by the clocks of the zone that somebody chose', () => {
  const at = '2026-11-21T22:30:00Z'
  showTimesIn('Asia/Riyadh')
  expect(exactTime(at, 'en')).toMatch(/22 November.*01:30/)
  expect(relativeTime(at, 'en', Date.parse('2026-12-21T00:00:00Z'))).toBe('22 Nov 2026')
  showTimesIn('America/New_York')
  expect(exactTime(at, 'en')).toMatch(/21 November.*17:30/)
  showTimesIn('Mars/Olympus')
  expect(exactTime(at, 'en')).toContain('November')
  showTimesIn(undefined)
})

test('numbers have Western digits in both languages', () => {
  expect(formatNumber(1234567, 'ar')).toBe('1,234,567')
  expect(formatNumber(1234567, 'en')).toBe('1,234,567')
})

test('names are joined as the language joins them', () => {
  expect(formatList(['Ada', 'Bob'], 'en')).toBe('Ada and Bob')
  expect(formatList(['آدا', 'بدر'], 'ar')).toBe('آدا وبدر')
})
