import { describe, expect, test } from 'vitest'
import { documentBytes, isBlank } from './document.ts'

describe('a document is blank', () => {
  test.each([
    { type: 'doc' },
    { type: 'doc', content: [{ type: 'paragraph' }] },
    {
      type: 'doc',
      content: [{ type: 'paragraph', content: [{ type: 'text', text: ' \u00a0 ' }, { type: 'hardBreak' }] }],
    },
    { type: 'doc', content: [{ type: 'horizontalRule' }] },
    null,
  ])('without a letter: %j', (document) => {
    expect(isBlank(document)).toBe(true)
  })

  test('no more once there is one', () => {
    expect(
      isBlank({ type: 'doc', content: [{ type: 'paragraph', content: [{ type: 'text', text: 'س' }] }] }),
    ).toBe(false)
  })
})

test('Arabic counts by its bytes, as the database counts it', () => {
  expect(documentBytes('سس') - documentBytes('aa')).toBe(2)
})
