import { z } from 'zod'

export const legalKinds = ['terms', 'privacy'] as const
export const LegalKind = z.enum(legalKinds)
export type LegalKind = z.infer<typeof LegalKind>

const LegalText = z.array(z.object({ heading: z.string(), paragraphs: z.array(z.string()) }))

/** A version of the terms or the privacy notice. Never changed once it is published; the newest is in force. */
export const LegalDocument = z.object({
  id: z.uuid(),
  kind: LegalKind,
  version: z.number(),
  published_at: z.string(),
  text_en: LegalText,
  text_ar: LegalText,
  changes_en: z.string().nullable(),
  changes_ar: z.string().nullable(),
})
export type LegalDocument = z.infer<typeof LegalDocument>

/** What somebody agreed to when they signed up: ids of the documents they were shown. */
export const AcceptedDocuments = z.array(z.uuid()).max(10)
export type AcceptedDocuments = z.infer<typeof AcceptedDocuments>
