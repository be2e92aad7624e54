import { z } from 'zod'
import { LegalDocument } from './consents.ts'
import { job, onTheClock, requestId } from './job.ts'

export const DataExport = z.object({
  id: z.uuid(),
  /** `waiting` and `building` become `ready` or `failed`; what is ready expires after seven days. */
  state: z.enum(['waiting', 'building', 'ready', 'failed', 'expired']),
  /** Percent. */
  progress: z.number(),
  requested_at: z.string(),
  ready_at: z.string().nullable(),
  expires_at: z.string().nullable(),
  bytes: z.number().nullable(),
  /** In bucket `exports`, once it is ready. */
  path: z.string(),
})
export type DataExport = z.infer<typeof DataExport>

export const erasureChoices = ['keep_without_name', 'remove'] as const
/** What becomes of what a person wrote when they are erased. */
export const ErasureChoice = z.enum(erasureChoices)
export type ErasureChoice = z.infer<typeof ErasureChoice>

export const Erasure = z.object({ choice: ErasureChoice, requested_at: z.string(), due_at: z.string() })
export type Erasure = z.infer<typeof Erasure>

/** A document in force, and whether the person has agreed to it or to an earlier version. */
export const DocumentInForce = LegalDocument.omit({ text_en: true, text_ar: true }).extend({
  accepted_at: z.string().nullable(),
  accepted_before: z.number().nullable(),
})
export type DocumentInForce = z.infer<typeof DocumentInForce>

export const Privacy = z.object({
  documents: z.array(DocumentInForce),
  export: DataExport.nullable(),
  erasure: Erasure.nullable(),
  /** What becomes of the person's company when they go: it stays, needs another admin first, or goes too. */
  company: z.enum(['stays', 'hand_over', 'goes']),
})
export type Privacy = z.infer<typeof Privacy>

export const buildExport = job('personal-data.build-export', z.object({ exportId: z.uuid(), requestId }), {
  expireInSeconds: 3_600,
})

/** Runs every hour: copies that have expired are removed, those that never came to an end are given up. */
export const sweepExports = job('personal-data.sweep-exports', onTheClock, { schedule: '23 * * * *' })

export const sendErasureNotice = job(
  'personal-data.send-erasure-notice',
  z.object({ erasureId: z.uuid(), notice: z.enum(['requested', 'reminder']), requestId }),
)

/** Runs every hour: those whose 14 days are over are erased, those whose are nearly over are reminded. */
export const erasePeople = job('personal-data.erase-people', onTheClock, {
  schedule: '37 * * * *',
  expireInSeconds: 3_600,
})
