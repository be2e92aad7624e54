import { z } from 'zod'
import { AnsweredField, Category, RichText, Tag, Visibility } from './forum.ts'
import { PersonCard } from './profiles.ts'

/** The bounds below stand in the database too (sql/43_moderation); a test compares the two. */
export const moderationLimits = {
  reportNoteMax: 500,
  noteMin: 10,
  noteMax: 500,
  appealMin: 10,
  appealMax: 2_000,
  heldFirstPostsMax: 10,
} as const

/** Why somebody thinks that moderators should see a post. */
export const reportReasons = ['spam', 'offensive', 'personal_data', 'confidential', 'wrong', 'other'] as const
export const ReportReason = z.enum(reportReasons)
export type ReportReason = z.infer<typeof ReportReason>

/** `open` and `appealed` wait for a moderator; `decided` may be appealed against; `closed` has been looked at again. */
export const caseStates = ['open', 'decided', 'appealed', 'closed'] as const
const CaseState = z.enum(caseStates)
export type CaseState = z.infer<typeof CaseState>

/** `hide` and `suspend` leave a trace of the post; `suspend` pauses its author's writing as well. */
export const caseDecisions = ['keep', 'hide', 'delete', 'warn', 'suspend'] as const
export const CaseDecision = z.enum(caseDecisions)
export type CaseDecision = z.infer<typeof CaseDecision>

export const reviewOutcomes = ['upheld', 'overturned'] as const
const ReviewOutcome = z.enum(reviewOutcomes)
export type ReviewOutcome = z.infer<typeof ReviewOutcome>

const CaseCard = z.object({
  kind: z.literal('case'),
  id: z.uuid(),
  state: CaseState,
  opened_at: z.string(),
  /** When it came into its state. */
  moved_at: z.string(),
  /** Watched words that were in the post. */
  found: z.array(z.string()),
  /** How often it was reported for what. */
  reasons: z.partialRecord(ReportReason, z.number()),
  /** Null once that person's account is gone. */
  author: PersonCard.nullable(),
  /** Null where the topic is one company's: moderators see the post alone. */
  topic: z.object({ id: z.uuid(), title: z.string(), deleted_at: z.string().nullable() }).nullable(),
  visibility: Visibility.nullable(),
  excerpt: z.string(),
  decision: CaseDecision.nullable(),
  outcome: ReviewOutcome.nullable(),
})
export type CaseCard = z.infer<typeof CaseCard>

export const heldStates = ['waiting', 'accepted', 'refused'] as const
export const HeldState = z.enum(heldStates)
export type HeldState = z.infer<typeof HeldState>

/** What is written for the community before a moderator lets it be published. */
const HeldCard = z.object({
  kind: z.literal('held'),
  /** Also of the topic or reply that it becomes. */
  id: z.uuid(),
  state: HeldState,
  opens_topic: z.boolean(),
  created_at: z.string(),
  author: PersonCard.nullable(),
  /** What a topic would be called. */
  title: z.string().nullable(),
  /** What it answers, or became; null where that is not there, or not there any more. */
  topic: z.object({ id: z.uuid(), title: z.string() }).nullable(),
  /** Watched words in it. */
  found: z.array(z.string()),
  excerpt: z.string(),
})
export type HeldCard = z.infer<typeof HeldCard>

/** What waits for moderators or was decided; posts that are held are among what waits. */
export const CaseList = z.object({
  cases: z.array(z.discriminatedUnion('kind', [CaseCard, HeldCard])),
  next: z.string().nullable(),
})
export type CaseList = z.infer<typeof CaseList>

export const HeldPost = HeldCard.extend({
  category: Category.pick({ slug: true, name_en: true, name_ar: true }).nullable(),
  tags: z.array(Tag),
  template_answers: z.array(AnsweredField),
  /** Null once it is published: the post has it. */
  body: RichText.nullable(),
  answers: z.object({ author: PersonCard.nullable(), excerpt: z.string() }).nullable(),
  author_since: z.string().nullable(),
  note: z.string().nullable(),
  decided_at: z.string().nullable(),
  decided_by: PersonCard.nullable(),
  /** It is the reader's own: another moderator's to decide. */
  mine: z.boolean(),
})
export type HeldPost = z.infer<typeof HeldPost>

/** What `reply` answers where the post waits for a moderator. */
export const HeldReply = z.object({ id: z.uuid(), held: z.literal(true) })

/** How many first posts of a person for the community wait. */
export const PostingRules = z.object({ held_first_posts: z.number() })
export type PostingRules = z.infer<typeof PostingRules>

export const ModerationCase = CaseCard.extend({
  /** What a moderator has seen before they decide: rises with each report and each edit. */
  revision: z.number(),
  /** `body` is what it said, also once it is out of sight; null where that is gone for good. */
  post: z
    .object({
      id: z.uuid(),
      number: z.number(),
      created_at: z.string(),
      edited_at: z.string().nullable(),
      deleted_at: z.string().nullable(),
      hidden_at: z.string().nullable(),
      body: RichText.nullable(),
      /** Of an opening post: what it says in its category's fields. */
      template_answers: z.array(AnsweredField),
    })
    .nullable(),
  answers: z.object({ author: PersonCard.nullable(), excerpt: z.string() }).nullable(),
  reports: z.array(z.object({ reason: ReportReason, note: z.string().nullable(), created_at: z.string() })),
  /** What was decided about its author elsewhere and stands. */
  record: z.array(
    z.object({ id: z.uuid(), decision: CaseDecision, note: z.string(), decided_at: z.string() }),
  ),
  note: z.string().nullable(),
  until: z.string().nullable(),
  decided_at: z.string().nullable(),
  decided_by: PersonCard.nullable(),
  appeal: z.string().nullable(),
  review_note: z.string().nullable(),
  reviewed_at: z.string().nullable(),
  reviewed_by: PersonCard.nullable(),
  /** It is about the reader, or against a decision of theirs: another moderator's to decide. */
  mine: z.boolean(),
})
export type ModerationCase = z.infer<typeof ModerationCase>

/** What was decided about a person's posts, as they read it. */
export const Standing = z.object({
  /** Until when they may read but not write. */
  suspended_until: z.string().nullable(),
  /** Whether what they write for the community waits for a moderator at present. */
  posts_wait: z.boolean(),
  /** What waits or was refused, newest first. */
  held: z.array(
    HeldCard.pick({
      id: true,
      state: true,
      opens_topic: true,
      created_at: true,
      title: true,
      topic: true,
    }).extend({
      note: z.string().nullable(),
      decided_at: z.string().nullable(),
      body: RichText,
    }),
  ),
  decisions: z.array(
    z.object({
      id: z.uuid(),
      state: CaseState,
      decision: CaseDecision,
      note: z.string(),
      until: z.string().nullable(),
      decided_at: z.string(),
      appeal: z.string().nullable(),
      outcome: ReviewOutcome.nullable(),
      review_note: z.string().nullable(),
      reviewed_at: z.string().nullable(),
      topic: z.object({ id: z.uuid(), title: z.string(), deleted_at: z.string().nullable() }).nullable(),
      post: z.uuid().nullable(),
      body: RichText.nullable(),
    }),
  ),
})
export type Standing = z.infer<typeof Standing>
export type Judgement = Standing['decisions'][number]
export type OwnHeldPost = Standing['held'][number]

export const watchKinds = ['word', 'link'] as const
const WatchKind = z.enum(watchKinds)
export type WatchKind = z.infer<typeof WatchKind>

/** What follows where it is found: moderators look at the post, or the post is not taken. */
export const watchActions = ['report', 'refuse'] as const
const WatchAction = z.enum(watchActions)
export type WatchAction = z.infer<typeof WatchAction>

export const WatchedWord = z.object({
  id: z.uuid(),
  word: z.string(),
  kind: WatchKind,
  action: WatchAction,
  created_at: z.string(),
})
export type WatchedWord = z.infer<typeof WatchedWord>
