import { expect, test } from 'vitest'
import { changesBetween } from './changes.ts'

test('a changed word is taken out and put in, and the rest stays', () => {
  expect(changesBetween('Check the vents first', 'Check the pump first')).toEqual([
    { words: 'Check the ', is: 'same' },
    { words: 'vents', is: 'removed' },
    { words: 'pump', is: 'added' },
    { words: ' first', is: 'same' },
  ])
})

test('Arabic changes by words, not by letters', () => {
  expect(changesBetween('افحص المضخة أولًا', 'افحص الصمام أولًا')).toEqual([
    { words: 'افحص ', is: 'same' },
    { words: 'المضخة', is: 'removed' },
    { words: 'الصمام', is: 'added' },
    { words: ' أولًا', is: 'same' },
  ])
})
