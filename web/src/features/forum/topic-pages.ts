import type { Branch, BranchPage, BranchSort, Post, PostsSince, TopicPage } from '@p2p/contracts'
import type { InfiniteData } from '@tanstack/react-query'

/** `asked` counts how often the reader unfolded more of it: what that brings is no arrival. */
type LoadedBranch = Branch & { asked?: number }
type LoadedPage = Omit<TopicPage, 'branches'> & { sort: BranchSort; branches: LoadedBranch[] }
export type PageParam = { post?: string; after?: string; before?: string }
export type TopicPages = InfiniteData<LoadedPage>

type News = Omit<PostsSince, 'next'>

// Paths are hexadecimal digits: they sort by their code points, as the database sorts them.
const byPath = (a: Post, b: Post) => (a.path < b.path ? -1 : 1)
const inBranch = (branch: Branch, post: Post) => post.path.startsWith(branch.post.path)

/**
 * The branches in their order, each once. One that comes twice (votes changed between two pages, or one's own answer
 * was put at the end before the end was loaded) stands where the later page has it.
 */
export function branchesOf({ pages }: TopicPages): LoadedBranch[] {
  const branches = new Map<string, LoadedBranch>()
  for (const branch of pages.flatMap((page) => page.branches)) {
    branches.delete(branch.post.id)
    branches.set(branch.post.id, branch)
  }
  return [...branches.values()]
}

/** How often the reader has asked for more, in pages of the topic and of its branches. */
export const timesAsked = ({ pages }: TopicPages): number =>
  pages.length + pages.flatMap((page) => page.branches).reduce((sum, { asked = 0 }) => sum + asked, 0)

/** Since when what is loaded may be out of date: pages are read at different moments. */
export const oldestMark = ({ pages }: TopicPages): number => Math.min(...pages.map(({ mark }) => mark))

const withBranches = (pages: TopicPages, change: (branch: LoadedBranch) => LoadedBranch): TopicPages => ({
  ...pages,
  pages: pages.pages.map((page) => ({ ...page, branches: page.branches.map(change) })),
})

/** Puts in what was read behind the gap `after` of a branch. */
export function withBranchPage(
  pages: TopicPages,
  id: string,
  after: string,
  { posts, next }: BranchPage,
): TopicPages {
  return withBranches(pages, (branch) => {
    if (branch.post.id !== id) return branch
    const read = new Set(posts.map((post) => post.id))
    const last = posts.at(-1)?.path ?? after
    const reachesKnown = branch.replies.some((post) => post.path === last)
    const gaps = branch.gaps.filter(
      (gap) => gap < after || gap > last || (gap === last && next !== null && gap !== after),
    )
    if (next !== null && !reachesKnown) gaps.push(last)
    const replies = [...branch.replies.filter((post) => !read.has(post.id)), ...posts].toSorted(byPath)
    return { ...branch, replies, gaps: gaps.toSorted(), asked: (branch.asked ?? 0) + 1 }
  })
}

/** Puts in what happened since the oldest mark. What belongs where nothing is loaded yet is left to be loaded. */
export function withNews(pages: TopicPages, { topic, answer, posts, counts, mark }: News): TopicPages {
  const counted = new Map(counts.map((count) => [count.id, count]))
  const told = withPosts(pages, posts)
  const recount = (post: Post): Post => {
    const count = counted.get(post.id)
    return count ? { ...post, ...count } : post
  }
  const recounted = withBranches(told, (branch) => ({
    ...branch,
    post: recount(branch.post),
    replies: branch.replies.map(recount),
  }))
  return { ...recounted, pages: recounted.pages.map((page) => ({ ...page, topic, answer, mark })) }
}

/** Replaces the posts that are there, and puts new ones where they belong if their surroundings are loaded. */
export function withPosts(pages: TopicPages, posts: readonly Post[]): TopicPages {
  const inOrder = posts.toSorted((a, b) => a.number - b.number)
  return inOrder.reduce((all, post) => withPost(all, post), pages)
}

function withPost(pages: TopicPages, post: Post): TopicPages {
  if (post.is_opening || pages.pages.some((page) => page.answer?.id === post.id)) {
    pages = {
      ...pages,
      pages: pages.pages.map((page) => ({
        ...page,
        opening: page.opening.id === post.id ? post : page.opening,
        answer: page.answer?.id === post.id ? post : page.answer,
      })),
    }
  }
  if (post.is_opening) return pages
  const known = pages.pages.some((page) => page.branches.some((branch) => inBranch(branch, post)))
  if (known) return withBranches(pages, (branch) => (inBranch(branch, post) ? grown(branch, post) : branch))
  return post.depth === 1 ? withNewBranch(pages, post) : pages
}

function grown(branch: LoadedBranch, post: Post): LoadedBranch {
  if (branch.post.id === post.id) return { ...branch, post }
  if (branch.replies.some((reply) => reply.id === post.id)) {
    return { ...branch, replies: branch.replies.map((reply) => (reply.id === post.id ? post : reply)) }
  }
  const before = branch.replies.findLast((reply) => reply.path < post.path) ?? branch.post
  const replies = [...branch.replies, post].toSorted(byPath)
  if (!branch.gaps.includes(before.path)) return { ...branch, replies }
  // In a gap: it will be read with what surrounds it. One's own is shown at once, with a gap on either side.
  return post.mine ? { ...branch, replies, gaps: [...branch.gaps, post.path].toSorted() } : branch
}

function withNewBranch(pages: TopicPages, post: Post): TopicPages {
  const branch: LoadedBranch = { post, replies: [], gaps: [] }
  const [first, last] = [pages.pages[0], pages.pages.at(-1)]
  const inFront = first?.sort === 'newest'
  const edge = inFront ? first : last
  const reached = inFront ? first?.previous === null : last?.next === null
  if (!reached && !post.mine) return pages
  return {
    ...pages,
    pages: pages.pages.map((page) =>
      page === edge
        ? { ...page, branches: inFront ? [branch, ...page.branches] : [...page.branches, branch] }
        : page,
    ),
  }
}

/** The topic's head is repeated in every page; the newest answer is the true one for all. */
export const withTopic = (pages: TopicPages, topic: TopicPage['topic']): TopicPages => ({
  ...pages,
  pages: pages.pages.map((page) => ({ ...page, topic })),
})
