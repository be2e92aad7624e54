import { expect, test } from 'vitest'
import { safeNext, urls } from './urls.ts'

test('after signing in one comes back to where one was', () => {
  expect(safeNext('/forum/topics/1?x=y#post-2')).toBe('/forum/topics/1?x=y#post-2')
  expect(safeNext(undefined)).toBe(urls.forum)
})

test.each([
  'https://evil.example',
  '//evil.example',
  '/\\evil.example',
  'javascript:alert(1)',
  '/a b',
  '\\\\evil',
  '',
])('and is never led away to %s', (next) => {
  expect(safeNext(next)).toBe(urls.forum)
})
