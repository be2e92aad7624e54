import { z } from 'zod'
import { Topic } from './forum.ts'
import { job, onTheClock } from './job.ts'
import { PersonCard } from './profiles.ts'

/** A text in pieces, of which some are what was asked for. */
export const Marked = z.array(z.object({ text: z.string(), hit: z.boolean() }))
export type Marked = z.infer<typeof Marked>

/** A topic that answers, with the post of it that answers best (the opening post, where the title does). */
export const FoundTopic = z.object({
  topic: Topic,
  title: Marked,
  post: z.object({
    id: z.uuid(),
    number: z.number(),
    created_at: z.string(),
    author: PersonCard.nullable(),
    excerpt: Marked,
  }),
})
export type FoundTopic = z.infer<typeof FoundTopic>

/** `corrected`: the words that were looked for instead of those that are nowhere. `next`: the cursor of the next page. */
export const ForumSearch = z.object({
  results: z.array(FoundTopic),
  corrected: z.string().nullable(),
  next: z.string().nullable(),
})
export type ForumSearch = z.infer<typeof ForumSearch>

/** `category` and `tag` by slug, `organization` and `author` by id. */
export type ForumSearchFilters = {
  category?: string
  tag?: string
  organization?: string
  author?: string
  answered?: boolean
}

/** Runs every ten minutes: the words of what was written since, against which mistyped ones are held. */
export const learnWords = job('search.learn-words', onTheClock, { schedule: '*/10 * * * *' })
