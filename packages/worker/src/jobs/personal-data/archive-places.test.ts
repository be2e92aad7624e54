import { expect, test } from 'vitest'
import { archivePlaces } from './archive-places.ts'

test('a name is kept as it is, in whatever script', () => {
  const place = archivePlaces()
  for (const name of [
    'posts/pump.step',
    'posts/مضخة الزيت.pdf',
    'posts/v1.2 (final).xlsx',
    'a/b/no extension',
  ])
    expect(place(name)).toBe(name)
})

test('no two have the same place, on a system that takes PUMP for pump either', () => {
  const place = archivePlaces()
  const wanted = [
    'pump.step',
    'pump.step',
    'PUMP.step',
    'pump (2).step',
    'e\u0301.pdf',
    '\u00e9.pdf',
    'other/pump.step',
  ]
  expect(wanted.map(place)).toEqual([
    'pump.step',
    'pump (2).step',
    'PUMP (3).step',
    'pump (2) (2).step',
    'e\u0301.pdf',
    '\u00e9 (2).pdf',
    'other/pump.step',
  ])
})

test.each([
  ['leads elsewhere', '../../etc/passwd', '_/_/etc/passwd'],
  ['leads elsewhere on Windows', '..\\..\\run.pdf', '_/_/run.pdf'],
  ['is a device', 'CON.pdf', '_CON.pdf'],
  ['turns itself round', 'a\u202efdp.step', 'a_fdp.step'],
  ['holds what Windows refuses', 'a:b?.pdf', 'a_b_.pdf'],
  ['ends in a dot', 'pump.', 'pump_'],
  ['is nothing', '', '_'],
])('a name that %s is made harmless', (_, wanted, place) => {
  expect(archivePlaces()(wanted)).toBe(place)
})

test('a long name fits, and keeps what says its kind', () => {
  for (const letter of ['a', 'ش', '漢', '😀']) {
    const place = archivePlaces()
    const [first, second] = [place(`${letter.repeat(250)}.step`), place(`${letter.repeat(250)}.step`)]
    for (const name of [first, second]) {
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255)
      expect(name).toMatch(/\.step$/)
    }
    expect(first).not.toBe(second)
  }
})
