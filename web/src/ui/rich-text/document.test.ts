import { describe, expect, test } from 'vitest'
import { isBlank } from './document.ts'

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

  test.each(['mention', 'image', 'attachment'])('no more once there is a thing in it: %s', (type) => {
    expect(isBlank({ type: 'doc', content: [{ type }] })).toBe(false)
  })

  test('no more once there is one', () => {
    expect(
      isBlank({ type: 'doc', content: [{ type: 'paragraph', content: [{ type: 'text', text: 'س' }] }] }),
    ).toBe(false)
  })
})
