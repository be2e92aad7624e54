import type { Post, TopicPage } from '@p2p/contracts'
import type { InfiniteData } from '@tanstack/react-query'

export type TopicPages = InfiniteData<TopicPage>

export const postsOf = (pages: TopicPages): Post[] => pages.pages.flatMap((page) => page.posts)

export const lastNumber = (pages: TopicPages): number => postsOf(pages).at(-1)?.number ?? 0

/** Whether the last post of the topic is among those that are loaded. */
export const isComplete = (pages: TopicPages): boolean => pages.pages.at(-1)?.next === null

/** Replaces the posts that are there and, when the end is loaded, appends those that follow it. */
export function withPosts(pages: TopicPages, posts: readonly Post[]): TopicPages {
  const byId = new Map(posts.map((post) => [post.id, post]))
  const end = lastNumber(pages)
  const following = isComplete(pages) ? [...byId.values()].filter((post) => post.number > end) : []
  following.sort((a, b) => a.number - b.number)
  return {
    ...pages,
    pages: pages.pages.map((page, index) => {
      const known = page.posts.map((post) => byId.get(post.id) ?? post)
      return { ...page, posts: index === pages.pages.length - 1 ? [...known, ...following] : known }
    }),
  }
}

/** The topic's head is repeated in every page; the newest answer is the true one for all. */
export const withTopic = (pages: TopicPages, topic: TopicPage['topic']): TopicPages => ({
  ...pages,
  pages: pages.pages.map((page) => ({ ...page, topic })),
})
