import { expect, test } from 'vitest'
import { excerptOf } from './excerpt.ts'

const text = (words: string) => ({ type: 'text', text: words })
const paragraph = (...content: object[]) => ({ type: 'paragraph', content })
const document = (...content: object[]) => ({ type: 'doc', content })

test('a short document is its own lines', () => {
  const list = { type: 'bulletList', content: [{ type: 'listItem', content: [paragraph(text('two'))] }] }
  expect(excerptOf(document(paragraph(text('one')), list, paragraph()), 100)).toBe('one\ntwo')
})

test('a long one ends behind a word', () => {
  expect(excerptOf(document(paragraph(text('one two three'))), 10)).toBe('one two…')
})

test('a mention is read as a name, a line break as a space', () => {
  const mention = { type: 'mention', attrs: { id: 'x', label: 'Ada' } }
  expect(excerptOf(document(paragraph(mention, text(' yes'), { type: 'hardBreak' }, text('no'))), 50)).toBe(
    '@Ada yes no',
  )
})

test('what is no document has no words', () => {
  expect(excerptOf(null, 50)).toBe('')
})
