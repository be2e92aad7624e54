import { DocumentNode } from '../../../ui/rich-text/document.ts'

/** The words of a document in lines, cut behind a word after about `length` characters. */
export function excerptOf(document: unknown, length: number): string {
  const parsed = DocumentNode.safeParse(document)
  if (!parsed.success) return ''
  const text = linesOf(parsed.data).join('\n')
  if (text.length <= length) return text
  return `${text.slice(0, length).replace(/[\s.,;:،؛]+\S*$/, '')}…`
}

const isText = (node: DocumentNode) => node.text !== undefined || node.type === 'mention'

function linesOf(node: DocumentNode): string[] {
  const children = node.content ?? []
  if (children.some(isText)) return [children.map(wordsOf).join('').trim()].filter(Boolean)
  return children.flatMap(linesOf)
}

function wordsOf(node: DocumentNode): string {
  const label = node.attrs?.label
  if (node.type === 'mention') return typeof label === 'string' ? `@${label}` : ''
  return node.text ?? ' '
}
