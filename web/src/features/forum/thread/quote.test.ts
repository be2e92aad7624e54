import type { RichText } from '@p2p/contracts'
import { expect, test } from 'vitest'
import { aPost } from './a-post.ts'
import { linesOf, quoteOf } from './quote.ts'

const paragraph = (text: string) => ({ type: 'paragraph', content: [{ type: 'text', text }] })
const body: RichText = {
  type: 'doc',
  content: [
    { type: 'blockquote', content: [paragraph('What she said')] },
    { type: 'heading', attrs: { level: 2 }, content: [{ type: 'text', text: 'Steps' }] },
    { type: 'bulletList', content: [{ type: 'listItem', content: [paragraph('one'), paragraph(' ')] }] },
    {
      type: 'paragraph',
      content: [
        { type: 'mention', attrs: { id: 'x', label: 'Omar' } },
        { type: 'text', text: ' knows' },
        { type: 'hardBreak' },
        { type: 'text', text: 'more' },
      ],
    },
  ],
}
const post = aPost(2, null, { body })

test('a document is read line by line', () => {
  expect(linesOf(body)).toEqual(['What she said', 'Steps', 'one', '@Omar knows', 'more'])
  expect(linesOf(null)).toEqual([])
})

test('a quotation holds what its post says itself, and names it', () => {
  expect(quoteOf(post, 'Omar').nodes).toEqual([
    {
      type: 'blockquote',
      attrs: { post: post.id, author: 'Omar' },
      content: ['Steps', 'one', '@Omar knows', 'more'].map(paragraph),
    },
  ])
})

test('of what is selected it holds that alone, and of nothing nothing', () => {
  expect(quoteOf(post, 'Omar', 'knows\n\n more ').nodes).toMatchObject([
    { content: [paragraph('knows'), paragraph('more')] },
  ])
  expect(quoteOf(aPost(3, null, { body: null }), 'Omar').nodes).toEqual([])
})
