import { Post, Reputation, Topic, Vote } from '@p2p/contracts'
import { z } from 'zod'
import { must } from './must.ts'
import type { Supabase } from './supabase.ts'

/** Says that somebody else's post is useful, or takes that back. Asking again changes nothing. Codes: `own_post`. */
export async function vote(
  supabase: Supabase,
  { post, useful }: { post: string; useful: boolean },
): Promise<Vote> {
  return Vote.parse(must(await supabase.rpc('vote', { post, useful })))
}

/**
 * Marks a reply as the best answer of the caller's own topic in place of any other, or with null none. Codes:
 * `answer_invalid`, `topic_locked`.
 */
export async function chooseBestAnswer(
  supabase: Supabase,
  { topic, post }: { topic: string; post: string | null },
): Promise<Topic> {
  return Topic.parse(must(await supabase.rpc('choose_best_answer', { topic, ...(post && { post }) })))
}

/** Replies that others found useful, for the author of a topic without an answer; at most three, the best first. */
export async function likelyAnswers(supabase: Supabase, topic: string): Promise<Post[]> {
  return z.array(Post).parse(must(await supabase.rpc('likely_answers', { topic })))
}

/** What others find useful of a person; null for somebody who is not here. */
export async function readReputation(supabase: Supabase, person: string): Promise<Reputation | null> {
  const columns = 'score, votes_received, answers_given'
  const rows = must(await supabase.from('reputations').select(columns).eq('person_id', person))
  return z.array(Reputation).parse(rows)[0] ?? null
}
