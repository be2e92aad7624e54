import { expect, test } from 'vitest'
import { begun, plainName, withChange } from './upload-state.ts'

test.each([
  ['مضخة.step', 'مضخة.step'],
  ['../../etc/pump.step', '....etcpump.step'],
  ['exe.\u202epets.step', 'exe.pets.step'],
  ['a\nb\0.pdf', 'ab.pdf'],
  [`${'x'.repeat(300)}.pdf`, `${'x'.repeat(251)}.pdf`],
])('%j stands in a post as %j', (name, plain) => {
  expect(plainName(name)).toBe(plain)
})

test('what happens to an upload that was removed meanwhile changes nothing', () => {
  const one = begun('one', new File(['x'], 'a.pdf'), 'here')
  expect(withChange([one], 'other', { share: 1 })).toEqual([one])
  expect(withChange([one], 'one', { share: 0.5 })).toEqual([{ ...one, share: 0.5 }])
})
