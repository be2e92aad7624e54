import { BranchPage, type BranchSort, PostHistory, PostsSince, TopicPage } from '@p2p/contracts'
import { must } from './must.ts'
import type { Supabase } from './supabase.ts'

/**
 * A topic as a page of its branches. `after` is the `next` and `before` the `previous` of another page; `post` asks for
 * the page that begins with the branch of this post, and shows what is around it there.
 */
export async function readTopic(
  supabase: Supabase,
  page: { topic: string; sort?: BranchSort; after?: string; before?: string; post?: string; size?: number },
): Promise<TopicPage> {
  return TopicPage.parse(must(await supabase.rpc('topic_page', page)))
}

/** What stands below a post. `after` is the `next` of the page before, or the path of any post there. */
export async function readBranch(
  supabase: Supabase,
  page: { post: string; after?: string; size?: number },
): Promise<BranchPage> {
  return BranchPage.parse(must(await supabase.rpc('branch_page', page)))
}

/** Everything that happened to the posts of a topic since a mark, in as many calls as it takes; nothing twice. */
export async function readPostsSince(
  supabase: Supabase,
  { topic, mark }: { topic: string; mark: number },
): Promise<Omit<PostsSince, 'next'>> {
  const ask = async (after: string | null) =>
    PostsSince.parse(must(await supabase.rpc('posts_since', { topic, mark, ...(after && { after }) })))
  let page = await ask(null)
  const first = page
  const pages = [page]
  while (page.next) {
    page = await ask(page.next)
    pages.push(page)
  }
  const { topic: head, answer } = page
  // What is written while the pages are read may have passed them by: the first mark knows of it.
  const { mark: next } = first
  return {
    topic: head,
    answer,
    mark: next,
    posts: pages.flatMap(({ posts }) => posts),
    counts: pages.flatMap(({ counts }) => counts),
  }
}

/** What a post has said, newest first. `before` is the `next` of the page before. */
export async function readPostHistory(
  supabase: Supabase,
  asked: { post: string; before?: number; size?: number },
): Promise<PostHistory> {
  return PostHistory.parse(must(await supabase.rpc('post_history', asked)))
}
