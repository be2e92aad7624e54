import { expect, test } from 'vitest'
import { readSearch } from './search.ts'

const read = (address: string) => readSearch(Object.fromEntries(new URLSearchParams(address)))

test('what the address asks of the search is read as the router gives it, in words alone', () => {
  expect(read('q=7001&category=quality&answered=yes')).toEqual({
    q: '7001',
    category: 'quality',
    answered: 'yes',
  })
  expect(read('q=pump&answered=no')).toEqual({ q: 'pump', answered: 'no' })
  expect(read('q=pump&answered=perhaps')).toEqual({ q: 'pump' })
})
