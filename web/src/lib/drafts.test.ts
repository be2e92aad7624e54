import { beforeEach, expect, test } from 'vitest'
import { readDraft } from './drafts.ts'

const words = (value: unknown) => (typeof value === 'string' ? value : null)
beforeEach(() => localStorage.clear())

test('what was kept is restored', () => {
  localStorage.setItem('draft:a', '"half a thought"')
  expect(readDraft('a', words)).toBe('half a thought')
  expect(readDraft('b', words)).toBeNull()
})

test.each(['{broken', '42', ''])('what is no draft any more (%s) is passed over', (kept) => {
  localStorage.setItem('draft:a', kept)
  expect(readDraft('a', words)).toBeNull()
})
