import { expect, test } from 'vitest'
import { deviceOf } from './device-name.ts'

test('a browser is called as people call it', () => {
  expect(
    deviceOf(
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36',
    ),
  ).toEqual({ browser: 'Chrome', system: 'Windows', kind: 'computer' })
  expect(
    deviceOf(
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
    ),
  ).toEqual({ browser: 'Safari', system: 'iOS', kind: 'phone' })
})

test('what is no browser has no name', () => {
  for (const strange of [null, '', 'curl/8.5.0', 'node', '<script>'])
    expect(deviceOf(strange), String(strange)).toBeNull()
})
