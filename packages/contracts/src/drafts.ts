import { z } from 'zod'
import { job, onTheClock } from './job.ts'

/** `topic`, `reply:<topic>`, `reply:<topic>:<post>` or `edit:<post>`. */
export type DraftKey = string

export const Draft = z.object({
  key: z.string(),
  content: z.record(z.string(), z.unknown()),
  updated_at: z.string(),
})
export type Draft = z.infer<typeof Draft>

/** A draft as a list of them shows it: the topic it belongs to, or the title it has, and how it begins. */
export const DraftEntry = z.object({
  key: z.string(),
  updated_at: z.string(),
  title: z.string().nullable(),
  /** Null for a new topic, and where the caller may not read the topic any more. */
  topic: z.uuid().nullable(),
  /** Whether the topic is closed, so that what is meant for it cannot be sent. */
  locked: z.boolean(),
  /** Whether the post it answers or changes was deleted, so that it cannot be sent. */
  gone: z.boolean(),
  excerpt: z.string().nullable(),
})
export type DraftEntry = z.infer<typeof DraftEntry>

/** Runs every night: what nobody went on writing for 90 days. */
export const sweepDrafts = job('forum.sweep-drafts', onTheClock, { schedule: '23 3 * * *' })

/** Runs every minute: pins whose time is over. */
export const endPins = job('forum.end-pins', onTheClock, { schedule: '* * * * *' })
