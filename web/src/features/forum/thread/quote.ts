import type { Post, RichText } from '@p2p/contracts'
import { DocumentNode } from '../../../ui/rich-text/document.ts'

/** Something to put into an answer. Another `key` is another quotation, of the same words too. */
export type Quote = { key: string; nodes: unknown[] }

function inline(node: DocumentNode): string {
  if (node.type === 'hardBreak') return '\n'
  const { label } = node.attrs ?? {}
  if (node.type === 'mention') return typeof label === 'string' ? `@${label}` : ''
  return node.text ?? (node.content ?? []).map(inline).join('')
}

const isTextblock = (node: DocumentNode) => ['paragraph', 'heading', 'codeBlock'].includes(node.type)

/** What a document says, a line for each block; without what it quotes where `quoted` is false. */
export function linesOf(document: RichText | null, { quoted = true } = {}): string[] {
  const parsed = DocumentNode.safeParse(document)
  if (!parsed.success) return []
  const lines = (node: DocumentNode): string[] => {
    if (node.type === 'blockquote' && !quoted) return []
    if (isTextblock(node)) return inline(node).split('\n')
    return (node.content ?? []).flatMap(lines)
  }
  return lines(parsed.data).filter((line) => line.trim() !== '')
}

/** A quotation of a post: of what is selected in it, else of all it says itself. */
export function quoteOf(post: Post, author: string, selected?: string): Quote {
  const lines = selected
    ? selected.split('\n').filter((line) => line.trim() !== '')
    : linesOf(post.body, { quoted: false })
  const paragraphs = lines.map((line) => ({
    type: 'paragraph',
    content: [{ type: 'text', text: line.trim() }],
  }))
  const attrs = { post: post.id, author: author.slice(0, 160) || null }
  return {
    key: crypto.randomUUID(),
    nodes: paragraphs.length > 0 ? [{ type: 'blockquote', attrs, content: paragraphs }] : [],
  }
}
