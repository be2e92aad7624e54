import { documentLimits } from '@p2p/contracts'
import { expect, test } from 'vitest'
import { documentBytes, excessOf } from './bounds.ts'
import type { DocumentNode } from './document.ts'

const many = (type: string, count: number): DocumentNode[] => Array.from({ length: count }, () => ({ type }))
const doc = (...content: DocumentNode[]): DocumentNode => ({ type: 'doc', content })
const row = (colspan: number): DocumentNode => ({
  type: 'tableRow',
  content: [{ type: 'tableCell', attrs: { colspan } }, { type: 'tableCell' }],
})
const deep = (levels: number): DocumentNode =>
  levels === 0 ? { type: 'paragraph' } : { type: 'blockquote', content: [deep(levels - 1)] }

test.each([
  ['bytes', doc({ type: 'text', text: 'س'.repeat(50_000) })],
  ['depth', doc(deep(documentLimits.depth))],
  ['mentions', doc(...many('mention', documentLimits.mentions + 1))],
  ['images', doc(...many('image', documentLimits.images + 1))],
  ['attachments', doc(...many('attachment', documentLimits.attachments + 1))],
  ['tableRows', doc({ type: 'table', content: many('tableRow', documentLimits.tableRows + 1) })],
  ['tableColumns', doc({ type: 'table', content: [row(documentLimits.tableColumns)] })],
] as const)('there can be too much: %s', (excess, document) => {
  expect(excessOf(document)).toBe(excess)
})

test('as much as is allowed is not too much', () => {
  const table = { type: 'table', content: [row(documentLimits.tableColumns - 1)] }
  expect(
    excessOf(doc(deep(documentLimits.depth - 1), table, ...many('mention', documentLimits.mentions))),
  ).toBeNull()
})

test('bytes are counted as the database prints them', () => {
  expect(documentBytes({ type: 'doc', content: [1, [], {}, 'س"'] })).toBe(
    new TextEncoder().encode(String.raw`{"type": "doc", "content": [1, [], {}, "س\""]}`).length,
  )
})
