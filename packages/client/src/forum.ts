import { Category, HeldReply, Post, type RichText, type Visibility } from '@p2p/contracts'
import type { Json } from '@p2p/database/types'
import { z } from 'zod'
import { must } from './must.ts'
import type { Supabase } from './supabase.ts'

/** What was written is kept and waits for a moderator: once one accepts it, it is a topic or post of this id. */
export class Held extends Error {
  readonly id: string

  constructor(id: string) {
    super('This waits for a moderator.')
    this.name = 'Held'
    this.id = id
  }
}

/** All categories in their order. */
export async function listCategories(supabase: Supabase): Promise<Category[]> {
  return z.array(Category).parse(must(await supabase.rpc('list_categories')))
}

/**
 * Opens a topic and returns its id. Codes: `category_archived`, `posting_restricted`, and with the field at fault in
 * `fields`: `tag_unknown`, `tags_limit`, `template_answer_missing`, `template_answer_invalid` (the field is the
 * template's key), `held_posts_limit`. Throws `Held` where it waits for a moderator. With an `id` of the caller's making
 * it can be asked again after a lost answer. */
export async function openTopic(
  supabase: Supabase,
  topic: {
    category: string
    title: string
    body: RichText
    visibility: Visibility
    /** Slugs or other words for known tags, five at most. */
    tags?: string[]
    /** Texts by the keys of the category's template. */
    template_answers?: Record<string, string>
    id?: string
  },
): Promise<string> {
  const answer = await supabase.rpc('open_topic', { ...topic, body: asJson(topic.body) })
  const id = must(answer)
  if (answer.status === 202) throw new Held(id)
  return id
}

/**
 * Answers the topic, or the post `parent`. Throws `Held` where it waits for a moderator. Codes: `topic_locked`,
 * `parent_invalid`, `held_posts_limit`. With an `id` of the caller's making it can be asked again.
 */
export async function reply(
  supabase: Supabase,
  answer: { topic: string; body: RichText; parent?: string; id?: string },
): Promise<Post> {
  const answered = await supabase.rpc('reply', { ...answer, body: asJson(answer.body) })
  const sent = must(answered)
  if (answered.status === 202) throw new Held(HeldReply.parse(sent).id)
  return Post.parse(sent)
}

export async function editPost(supabase: Supabase, edit: { post: string; body: RichText }): Promise<Post> {
  return Post.parse(must(await supabase.rpc('edit_post', { ...edit, body: asJson(edit.body) })))
}

export async function deletePost(supabase: Supabase, post: string): Promise<void> {
  must(await supabase.rpc('delete_post', { post }))
}

// The generated types know JSON only as their own recursive type.
const asJson = (document: RichText) => document as Json
