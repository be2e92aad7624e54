import { expect, test } from 'vitest'
import { askedOf, isNarrowed, readTopicsSearch } from './search.ts'

const me = crypto.randomUUID()

test('what means nothing in an address is left out, and the rest stays', () => {
  expect(
    readTopicsSearch({ sort: 'random', tag: ' air ', organization: 'x', answered: 'maybe', show: 'mine' }),
  ).toEqual({
    sort: undefined,
    tag: 'air',
    organization: undefined,
    author: undefined,
    answered: undefined,
    show: 'mine',
  })
})

test('an address says which topics it asks for', () => {
  expect(askedOf({ sort: 'votes' }, me, 'energy')).toEqual({ sort: 'votes', category: 'energy' })
  expect(askedOf({ tag: 'air', answered: 'no', show: 'watching' }, me)).toEqual({
    tag: 'air',
    answered: false,
    level: 'watching',
  })
  expect(askedOf({ show: 'unread', answered: 'yes' }, me)).toEqual({ unread: true, answered: true })
  expect(askedOf({ show: 'mine' }, me)).toEqual({ author: me })
})

test('an order alone narrows nothing', () => {
  expect(isNarrowed(readTopicsSearch({ sort: 'votes' }))).toBe(false)
  expect(isNarrowed(readTopicsSearch({ sort: 'votes', tag: 'air' }))).toBe(true)
})
