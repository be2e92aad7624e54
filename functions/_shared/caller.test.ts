import { expect, test } from 'vitest'
import { networkOf } from './caller.ts'

const from = (hops?: string) =>
  networkOf(
    new Request('http://gateway/', hops === undefined ? {} : { headers: { 'x-forwarded-for': hops } }),
  )

test('a request counts for the first hop', () => {
  expect(from('203.0.113.7, 10.0.0.1')).toBe('203.0.113.7')
  expect(from('::ffff:203.0.113.7')).toBe('203.0.113.7')
})

test('all of a customer’s IPv6 addresses count as one', () => {
  expect(from('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64')
  expect(from('2001:0DB8:1:2::9')).toBe('2001:db8:1:2::/64')
  expect(from('2001:db8::1')).toBe('2001:db8:0:0::/64')
  expect(from('2001:db8:1:3::9')).not.toBe(from('2001:db8:1:2::9'))
})

test('what is no address does not buy a count of its own', () => {
  for (const hop of [undefined, '', 'eve', '1.2.3.4.5.6.7.8.9', ':::::', 'unknown'])
    expect(from(hop)).toBe('unknown')
})
