import { expect, test } from 'vitest'
import { typedCharacter } from './typed-character.ts'

const press = (key: string, held: object = {}) =>
  typedCharacter({ key, ctrlKey: false, metaKey: false, altKey: false, ...held })

test('letters, figures, signs and spaces are written, in either script', () => {
  for (const key of ['j', 'J', ' ', '?', '؟', '7', 'ج', 'لا', '😀']) expect(press(key)).toBe(key)
})

test('keys that only have a name write nothing, nor do shortcuts', () => {
  for (const key of ['Enter', 'Dead', 'Process', 'F1', 'Tab', 'ArrowLeft']) expect(press(key)).toBeNull()
  for (const held of ['ctrlKey', 'metaKey', 'altKey']) expect(press('j', { [held]: true })).toBeNull()
})
