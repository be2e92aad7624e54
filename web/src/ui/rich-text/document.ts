import { z } from 'zod'

const Attributes = z.record(z.string(), z.unknown())
const Mark = z.object({ type: z.string(), attrs: Attributes.exactOptional() })

/** The shape of a ProseMirror node; what may stand in it is the renderer's table to decide. */
export const DocumentNode = z.object({
  type: z.string(),
  text: z.string().exactOptional(),
  attrs: Attributes.exactOptional(),
  marks: z.array(Mark).exactOptional(),
  get content() {
    return z.array(DocumentNode).exactOptional()
  },
})
export type DocumentNode = z.infer<typeof DocumentNode>
export type DocumentMark = z.infer<typeof Mark>

/** Not one letter in it. */
export function isBlank(document: unknown): boolean {
  const parsed = DocumentNode.safeParse(document)
  return !parsed.success || !hasWords(parsed.data)
}

const hasWords = (node: DocumentNode): boolean =>
  Boolean(node.text?.trim()) || (node.content ?? []).some(hasWords)

/** Bytes of the document as JSON, near enough to warn; the database has the last word. */
export const documentBytes = (document: unknown): number =>
  new TextEncoder().encode(JSON.stringify(document)).length
