import type { Extensions } from '@tiptap/core'
import StarterKit from '@tiptap/starter-kit'
import { Attachment, Image } from './file-nodes.ts'
import { textNodes } from './nodes.ts'
import { tableNodes } from './table-nodes.ts'

/** All but pictures and attachments, which look one way in a schema and another in the editor. */
export const textExtensions: Extensions = [
  StarterKit.configure({
    document: false,
    heading: false,
    orderedList: false,
    codeBlock: false,
    blockquote: false,
    link: false,
    underline: false,
    trailingNode: false,
  }),
  ...textNodes,
  ...tableNodes,
]

/**
 * What a post can contain. A test holds it against the renderer's table (`rich-text.tsx`), another against the
 * database's validator (`sql/tests/documents-fuzz.test.ts`).
 */
export const schemaExtensions: Extensions = [...textExtensions, Image, Attachment]
