import { documentLimits } from '@p2p/contracts'
import type { DocumentNode } from './document.ts'

/** What there is too much of. */
export type Excess = keyof typeof documentLimits

const counted = { mention: 'mentions', image: 'images', attachment: 'attachments' } as const

/** The first bound that a document is beyond; the schema knows none of them. Null for a document within all. */
export function excessOf(document: DocumentNode): Excess | null {
  if (documentBytes(document) > documentLimits.bytes) return 'bytes'
  const counts = { mentions: 0, images: 0, attachments: 0 }
  const look = (node: DocumentNode, depth: number): Excess | null => {
    if (depth > documentLimits.depth) return 'depth'
    if (node.type === 'table' && (node.content?.length ?? 0) > documentLimits.tableRows) return 'tableRows'
    if (node.type === 'tableRow' && columnsOf(node) > documentLimits.tableColumns) return 'tableColumns'
    if (node.type === 'mention' || node.type === 'image' || node.type === 'attachment') {
      const kind = counted[node.type]
      counts[kind] += 1
      if (counts[kind] > documentLimits[kind]) return kind
    }
    for (const child of node.content ?? []) {
      const excess = look(child, depth + 1)
      if (excess) return excess
    }
    return null
  }
  return look(document, 0)
}

const columnsOf = (row: DocumentNode) =>
  (row.content ?? []).reduce((sum, cell) => sum + Number(cell.attrs?.colspan ?? 1), 0)

/** Bytes of the document as the database prints it: with a space behind each colon and comma. */
export const documentBytes = (document: unknown): number =>
  new TextEncoder().encode(JSON.stringify(document)).length + spaces(document)

function spaces(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const parts = Object.values(value)
  const separators = Array.isArray(value) ? parts.length - 1 : 2 * parts.length - 1
  return Math.max(0, separators) + parts.reduce((sum, part) => sum + spaces(part), 0)
}
