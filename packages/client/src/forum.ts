import { Category, Post, type RichText, TopicList, TopicPage, type Visibility } from '@p2p/contracts'
import type { Json } from '@p2p/database/types'
import { z } from 'zod'
import { must } from './must.ts'
import type { Supabase } from './supabase.ts'

/** All categories in their order. */
export async function listCategories(supabase: Supabase): Promise<Category[]> {
  return z.array(Category).parse(must(await supabase.rpc('list_categories')))
}

/** Topics, pinned first, then by their newest post. `after` is the `next` of the page before. */
export async function listTopics(
  supabase: Supabase,
  page: { category?: string; after?: string; size?: number } = {},
): Promise<TopicList> {
  return TopicList.parse(must(await supabase.rpc('list_topics', page)))
}

/** A topic with a page of its posts, in the order they were written. */
export async function readTopic(
  supabase: Supabase,
  page: { topic: string; after?: string; size?: number },
): Promise<TopicPage> {
  return TopicPage.parse(must(await supabase.rpc('topic_page', page)))
}

/** Opens a topic and returns its id. With an `id` of the caller's making it can be asked again after a lost answer. */
export async function openTopic(
  supabase: Supabase,
  topic: { category: string; title: string; body: RichText; visibility: Visibility; id?: string },
): Promise<string> {
  return must(await supabase.rpc('open_topic', { ...topic, body: asJson(topic.body) }))
}

/** Answers the topic, or the post `parent`. With an `id` of the caller's making it can be asked again. */
export async function reply(
  supabase: Supabase,
  answer: { topic: string; body: RichText; parent?: string; id?: string },
): Promise<Post> {
  return Post.parse(must(await supabase.rpc('reply', { ...answer, body: asJson(answer.body) })))
}

export async function editPost(supabase: Supabase, edit: { post: string; body: RichText }): Promise<Post> {
  return Post.parse(must(await supabase.rpc('edit_post', { ...edit, body: asJson(edit.body) })))
}

export async function deletePost(supabase: Supabase, post: string): Promise<void> {
  must(await supabase.rpc('delete_post', { post }))
}

// The generated types know JSON only as their own recursive type.
const asJson = (document: RichText) => document as Json
