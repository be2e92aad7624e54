import type { Schema } from '@tiptap/pm/model'
import { excessOf } from '../../../web/src/ui/rich-text/bounds.ts'
import { DocumentNode } from '../../../web/src/ui/rich-text/document.ts'

const mayBeEmpty = new Set(['attrs', 'marks', 'content'])
const isEmpty = (value: unknown) =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0

/** ProseMirror leaves out in silence what it does not know; a document it takes whole comes out again whole. */
function isKept(given: unknown, kept: unknown): boolean {
  if (typeof given !== 'object' || given === null) return Object.is(given, kept)
  if (typeof kept !== 'object' || kept === null || Array.isArray(given) !== Array.isArray(kept)) return false
  if (Array.isArray(given) && Array.isArray(kept) && given.length !== kept.length) return false
  const after = new Map<string, unknown>(Object.entries(kept))
  return Object.entries(given).every(([key, value]) =>
    after.has(key) ? isKept(value, after.get(key)) : mayBeEmpty.has(key) && isEmpty(value),
  )
}

const marksOf = ({ marks = [] }: DocumentNode) =>
  JSON.stringify(marks.map(({ type, attrs = {} }) => ({ type, attrs })))

/** Texts beside each other with the same marks are one text, as ProseMirror reads them. */
function joined(node: DocumentNode): DocumentNode {
  const content: DocumentNode[] = []
  for (const child of (node.content ?? []).map(joined)) {
    const last = content.at(-1)
    if (last?.type === 'text' && child.type === 'text' && marksOf(last) === marksOf(child)) {
      content[content.length - 1] = { ...last, ...child, text: `${last.text}${child.text}` }
    } else content.push(child)
  }
  return node.content ? { ...node, content } : node
}

/** JSON in Postgres has no place for these two, wherever they stand. */
const isStorable = (value: unknown): boolean =>
  typeof value === 'string'
    ? value.isWellFormed() && !value.includes('\0')
    : typeof value !== 'object' || value === null || Object.entries(value).flat().every(isStorable)

/** The editor's word on a document: its schema's, and that of the bounds it warns of. */
export function editorTakes(schema: Schema, document: unknown): boolean {
  const parsed = DocumentNode.safeParse(document)
  if (!parsed.success || parsed.data.marks?.length || !isStorable(document)) return false
  if (hasTextWithContent(parsed.data) || !isKept(document, parsed.data)) return false
  try {
    const node = schema.nodeFromJSON(document)
    node.check()
    return (
      node.type === schema.topNodeType &&
      isKept(joined(parsed.data), node.toJSON()) &&
      excessOf(parsed.data) === null
    )
  } catch {
    return false
  }
}

const hasTextWithContent = (node: DocumentNode): boolean =>
  node.content !== undefined && (node.type === 'text' || node.content.some(hasTextWithContent))
