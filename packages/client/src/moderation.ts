import {
  type CaseDecision,
  CaseList,
  type CaseState,
  HeldPost,
  ModerationCase,
  PostingRules,
  type ReportReason,
  type ReviewOutcome,
  Standing,
  type WatchAction,
  WatchedWord,
  type WatchKind,
} from '@p2p/contracts'
import { z } from 'zod'
import { must } from './must.ts'
import type { Supabase } from './supabase.ts'

/** Asks moderators to look at a post. Asking again changes nothing. Codes: `report_of_own_post`, `note_invalid`. */
export async function reportPost(
  supabase: Supabase,
  report: { post: string; reason: ReportReason; note?: string },
): Promise<void> {
  must(await supabase.rpc('report_post', report))
}

/** For moderators: what waits, the longest first; `decided` is the history, newest first. */
export async function listCases(
  supabase: Supabase,
  asked: { state: CaseState; after?: string },
): Promise<CaseList> {
  return CaseList.parse(must(await supabase.rpc('list_cases', asked)))
}

export async function readCase(supabase: Supabase, id: string): Promise<ModerationCase> {
  return ModerationCase.parse(must(await supabase.rpc('moderation_case', { id })))
}

/**
 * For moderators. `expected` is the revision they have seen. Codes: `case_decided`, `changed_meanwhile`,
 * `another_moderator`, `post_gone`, `author_gone`, `until_invalid`, `reason_invalid`.
 */
export async function decideCase(
  supabase: Supabase,
  decided: { id: string; decision: CaseDecision; note?: string; until?: string; expected: number },
): Promise<ModerationCase> {
  return ModerationCase.parse(must(await supabase.rpc('decide_case', decided)))
}

/** For moderators: answers an appeal, or takes back a decision nobody appealed against. Codes as of `decideCase`. */
export async function reviewCase(
  supabase: Supabase,
  review: { id: string; outcome: ReviewOutcome; note: string; expected: number },
): Promise<ModerationCase> {
  return ModerationCase.parse(must(await supabase.rpc('review_case', review)))
}

/** For moderators: a post that waits, or what was decided about it. */
export async function readHeldPost(supabase: Supabase, id: string): Promise<HeldPost> {
  return HeldPost.parse(must(await supabase.rpc('held_post', { id })))
}

/**
 * For moderators: publishes what waits, or refuses it with a note for its author. Codes: `held_post_decided`,
 * `another_moderator`, `author_may_not_write`, `topic_gone`, `reason_invalid`; and all that a post can be refused for
 * when it is published (`topic_locked`, `parent_invalid`, `category_archived`, `tag_unknown` …): then it goes on waiting.
 */
export async function decideHeldPost(
  supabase: Supabase,
  decided: { id: string; accept: boolean; note?: string },
): Promise<HeldPost> {
  return HeldPost.parse(must(await supabase.rpc('decide_held_post', decided)))
}

/** Takes back what waits. Codes: `held_post_decided`. */
export async function withdrawHeldPost(supabase: Supabase, id: string): Promise<void> {
  must(await supabase.rpc('withdraw_held_post', { id }))
}

/** For platform admins. */
export async function readPostingRules(supabase: Supabase): Promise<PostingRules> {
  const rules = must(await supabase.from('posting_rules').select('held_first_posts').maybeSingle())
  return PostingRules.parse(rules ?? { held_first_posts: 0 })
}

/** For platform admins: how many first posts of a person for the community wait, 0 to 10. */
export async function setPostingRules(supabase: Supabase, rules: PostingRules): Promise<PostingRules> {
  return PostingRules.parse(must(await supabase.rpc('set_posting_rules', rules)))
}

/** What moderators decided about the caller, and what waits for them. */
export async function readStanding(supabase: Supabase): Promise<Standing> {
  return Standing.parse(must(await supabase.rpc('my_standing')))
}

/** Once a decision. Codes: `appeal_made`, `appeal_invalid`. */
export async function appeal(supabase: Supabase, { id, text }: { id: string; text: string }): Promise<void> {
  must(await supabase.rpc('appeal', { id, text }))
}

/** For platform admins; nothing for anybody else. */
export async function listWatchedWords(supabase: Supabase): Promise<WatchedWord[]> {
  const columns = 'id, word, kind, action, created_at'
  return z.array(WatchedWord).parse(must(await supabase.from('watched_words').select(columns).order('word')))
}

/** Adds a word or a link's host, or changes what follows. Codes: `watched_word_invalid`. */
export async function saveWatchedWord(
  supabase: Supabase,
  watched: { word: string; kind: WatchKind; action: WatchAction },
): Promise<WatchedWord> {
  return WatchedWord.parse(must(await supabase.rpc('save_watched_word', watched)))
}

export async function removeWatchedWord(supabase: Supabase, id: string): Promise<void> {
  must(await supabase.rpc('remove_watched_word', { id }))
}
