import { z } from 'zod'
import { job, onTheClock } from './job.ts'

/** Where a person stands to a post after they voted: the votes it has, and whether one is theirs. */
export const Vote = z.object({ vote_count: z.number(), voted: z.boolean() })
export type Vote = z.infer<typeof Vote>

/** What a vote is worth to the author of what it is for, in points; the database says the same (sql/30_forum/07_votes.sql). */
export const votePoints = { topic: 1, reply: 2 } as const

/** What a best answer is worth to its author, in points. None for one's own. */
export const answerPoints = 15

/** What others find useful of a person. Counts what the whole community can read. */
export const Reputation = z.object({
  score: z.number(),
  /** Votes for their topics and replies. */
  votes_received: z.number(),
  /** Replies chosen as the best answer. */
  answers_given: z.number(),
})
export type Reputation = z.infer<typeof Reputation>

/** Finds topics that look answered and have no answer, and asks their authors: a notice of the kind `nudge`. */
export const nudgeAuthors = job('forum.nudge-authors', onTheClock, { schedule: '30 9 * * *' })
