import { z } from 'zod'
import { pictureTypes, Rendition } from './media.ts'

/** The bounds below stand in the database too (sql/20_media.sql, sql/30_forum/03_attachments.sql); a test compares. */
export const attachmentLimits = {
  bytes: 25 * 1024 * 1024,
  topicFiles: 20,
  topicBytes: 100 * 1024 * 1024,
} as const

/** What a post takes beside pictures, and how such files are called. Drawings have the types IANA lists. */
export const attachmentExtensions = {
  'application/pdf': ['pdf'],
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['docx'],
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['xlsx'],
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': ['pptx'],
  'model/step': ['step', 'stp'],
  'model/iges': ['iges', 'igs'],
  'model/stl': ['stl'],
  'model/3mf': ['3mf'],
  'image/vnd.dxf': ['dxf'],
} as const satisfies Record<string, readonly string[]>

export type DocumentType = keyof typeof attachmentExtensions

const typesByExtension: ReadonlyMap<string, string> = new Map(
  Object.entries(attachmentExtensions).flatMap(([type, extensions]) =>
    extensions.map((extension) => [extension, type] as const),
  ),
)

/** The type under which a file may be sent, null where it may not. Browsers know no types of drawings: the name tells. */
export function attachmentType({ name, type }: { name: string; type: string }): string | null {
  if (pictureTypes.includes(type)) return type
  return typesByExtension.get(/[^.]\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '') ?? null
}

/** Pictures in posts are there in these widths (none is wider than what was sent), as AVIF and WebP. */
export const attachmentWidths = [480, 1280] as const

/** Where a document or drawing lies, in the bucket `attachments`, as it was sent. */
export const originalPath = (file: string) => `${file}/original`

/** A file of a post, which its readers may have. Its name stands in the document. */
export const PostFile = z.object({
  id: z.uuid(),
  type: z.string(),
  /** In bytes, as it was sent. */
  size: z.number(),
  /** Empty for what is no picture. */
  renditions: z.array(Rendition),
  thumbhash: z.string().nullable(),
})
export type PostFile = z.infer<typeof PostFile>
