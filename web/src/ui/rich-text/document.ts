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

/** Nothing in it that could be read, seen or opened. */
export function isBlank(document: unknown): boolean {
  const parsed = DocumentNode.safeParse(document)
  return !parsed.success || !saysSomething(parsed.data)
}

const tells = new Set(['mention', 'image', 'attachment'])
const saysSomething = (node: DocumentNode): boolean =>
  Boolean(node.text?.trim()) || tells.has(node.type) || (node.content ?? []).some(saysSomething)
