import { describe, expect, test } from 'vitest'
import { isAllowedLink, toLink } from './allowed.ts'

describe('an address typed into the link field', () => {
  test.each([
    ['https://example.com/a?b=c#d', 'https://example.com/a?b=c#d'],
    ['  http://example.com ', 'http://example.com'],
    ['example.com', 'https://example.com'],
    ['example.com/path', 'https://example.com/path'],
    ['موقع.السعودية', 'https://موقع.السعودية'],
    ['ada@ada.example', 'mailto:ada@ada.example'],
    ['mailto:ada@ada.example', 'mailto:ada@ada.example'],
  ])('%s becomes %s', (typed, link) => {
    expect(toLink(typed)).toBe(link)
  })

  test.each([
    '',
    'word',
    'javascript:alert(1)',
    'data:,x',
    'ftp://example.com',
    'https://',
    'two words.com',
    'https://x y.com',
  ])('%s is refused', (typed) => {
    expect(toLink(typed)).toBeNull()
  })
})

test('a link longer than the database takes is refused', () => {
  expect(isAllowedLink(`https://example.com/${'a'.repeat(2000)}`)).toBe(true)
  expect(isAllowedLink(`https://example.com/${'a'.repeat(2100)}`)).toBe(false)
})
