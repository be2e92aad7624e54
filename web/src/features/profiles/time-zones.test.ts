import { expect, test } from 'vitest'
import { timeZones } from './time-zones.ts'

const winter = new Date('2026-01-15T12:00:00Z')

test('zones nearby come first, once, with their distance from Greenwich', () => {
  const { nearby, all } = timeZones('Asia/Riyadh', winter)
  expect(nearby[0]).toEqual({ value: 'Asia/Riyadh', label: '\u2066Asia/Riyadh (GMT+3)\u2069' })
  expect(all.some(({ value }) => value === 'Asia/Riyadh')).toBe(false)
  expect(all.find(({ value }) => value === 'America/New_York')?.label).toContain('America/New York (GMT-5)')
})

test('a zone that the browser calls otherwise stays to be chosen', () => {
  const { all } = timeZones('US/Eastern', winter)
  expect(all[0]).toEqual({ value: 'US/Eastern', label: '\u2066US/Eastern (GMT-5)\u2069' })
})
