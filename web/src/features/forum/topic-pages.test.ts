import type { Branch, BranchSort, Post, Topic } from '@p2p/contracts'
import { describe, expect, test } from 'vitest'
import { aPost, deleted } from './thread/a-post.ts'
import { rowsOf } from './thread.ts'
import {
  branchesOf,
  oldestMark,
  type TopicPages,
  timesAsked,
  withBranchPage,
  withNews,
  withPosts,
  withTopic,
} from './topic-pages.ts'

const topic = {} as Topic
type Page = TopicPages['pages'][number]
const page = (branches: Branch[], more: Partial<Page> = {}): Page => ({
  topic,
  opening: aPost(1),
  answer: null,
  branches,
  next: null,
  previous: null,
  mark: 10,
  sort: 'oldest',
  ...more,
})
const pagesOf = (...pages: Page[]): TopicPages => ({ pages, pageParams: pages.map(() => ({})) })
const alone = (post: Post): Branch => ({ post, replies: [], gaps: [] })
const numbers = (pages: TopicPages) => rowsOf(branchesOf(pages)).map(({ post }) => post.number)
const news = (posts: Post[], mark = 20) => ({ topic, answer: null, posts, counts: [], mark })
const [a, b] = [aPost(2), aPost(3)]

describe('a new branch', () => {
  test.each<[BranchSort, number[]]>([
    ['oldest', [2, 3, 4]],
    ['votes', [2, 3, 4]],
    ['newest', [4, 2, 3]],
  ])('by %s stands where a reader of the whole would find it', (sort, expected) => {
    const pages = pagesOf(page([alone(a), alone(b)], { sort }))
    expect(numbers(withNews(pages, news([aPost(4)])))).toEqual(expected)
  })

  test('is left to be read where the end is not loaded; but one sees what one has written', () => {
    const pages = pagesOf(page([alone(a)], { next: '0_2' }))
    expect(numbers(withPosts(pages, [aPost(9)]))).toEqual([2])
    const own = withPosts(pages, [aPost(9, null, { mine: true })])
    expect(numbers(own)).toEqual([2, 9])
    const read = { ...own, pages: [...own.pages, page([alone(b), alone(aPost(9))])] }
    expect(numbers(read)).toEqual([2, 3, 9])
  })
})

describe('a new answer', () => {
  test('takes its place in its branch, once', () => {
    const pages = pagesOf(page([{ post: a, replies: [aPost(4, a)], gaps: [] }, alone(b)]))
    const all = withPosts(pages, [aPost(6, aPost(4, a)), aPost(7, a), aPost(6, aPost(4, a))])
    expect(numbers(all)).toEqual([2, 4, 6, 7, 3])
  })

  test('in a gap is left to be read with what surrounds it', () => {
    const pages = pagesOf(page([{ post: a, replies: [aPost(4, a)], gaps: [aPost(4, a).path] }]))
    expect(numbers(withPosts(pages, [aPost(9, a)]))).toEqual([2, 4])
    const own = withPosts(pages, [aPost(9, a, { mine: true })])
    expect(numbers(own)).toEqual([2, 4, 9])
    const read = withBranchPage(own, a.id, aPost(4, a).path, {
      posts: [aPost(5, a), aPost(9, a)],
      next: null,
    })
    expect(numbers(read)).toEqual([2, 4, 5, 9])
    expect(branchesOf(read)[0]?.gaps).toEqual([])
  })
})

test('what is there is replaced where it stands: the opening, the answer, a branch, a reply', () => {
  const reply = aPost(4, a)
  const pages = pagesOf(page([{ post: a, replies: [reply], gaps: [] }], { answer: reply }))
  const all = withPosts(pages, [
    aPost(1, null, { revision: 2 }),
    { ...a, revision: 2 },
    { ...reply, vote_count: 3 },
  ])
  expect(all.pages[0]).toMatchObject({
    opening: { revision: 2 },
    answer: { vote_count: 3 },
    branches: [{ post: { revision: 2 }, replies: [{ vote_count: 3 }] }],
  })
})

test('news bring the head, the answer, new counts and a new mark to all pages', () => {
  const pages = pagesOf(page([alone(a)], { mark: 7 }), page([alone(b)], { mark: 9 }))
  expect([oldestMark(pages), timesAsked(pages)]).toEqual([7, 2])
  const head = { ...topic, reply_count: 5 }
  const told = withNews(pages, {
    ...news([], 30),
    topic: head,
    answer: b,
    counts: [{ id: a.id, reply_count: 1, branch_count: 4 }],
  })
  expect(told.pages).toMatchObject([
    { topic: { reply_count: 5 }, answer: { id: b.id }, mark: 30, branches: [{ post: { branch_count: 4 } }] },
    { topic: { reply_count: 5 }, answer: { id: b.id }, mark: 30 },
  ])
  expect(withTopic(pages, head).pages.map((each) => each.topic)).toEqual([head, head])
})

/** The same numbers in each run. */
function chance(seed: number) {
  let state = seed
  return (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
}

const inOrder = (posts: Iterable<Post>) => [...posts].toSorted((x, y) => (x.path < y.path ? -1 : 1))

/** What the database would answer, as long as nobody counts on its order of pages. */
function aServer(dice: (below: number) => number) {
  const posts = new Map<string, Post>([['p1', aPost(1)]])
  const shown = () =>
    inOrder(posts.values()).filter(
      (post) =>
        !post.is_opening &&
        (!post.deleted_at ||
          [...posts.values()].some((each) => !each.deleted_at && each.path.startsWith(post.path))),
    )
  const any = () => [...posts.values()].filter((post) => !post.is_opening && !post.deleted_at)
  return {
    shown,
    act(): Post {
      const living = any()
      const one = living[dice(living.length)]
      const kind = dice(10)
      const number = posts.size + 1
      const changed: Post =
        !one || kind < 7
          ? aPost(number, one && kind > 1 ? one : null)
          : kind < 9
            ? { ...one, revision: one.revision + 1 }
            : deleted(one)
      posts.set(changed.id, changed)
      return changed
    },
    below(beginning: Post, after: string, size: number) {
      const all = shown().filter((post) => post.path.startsWith(beginning.path) && post.path > after)
      return { posts: all.slice(0, size), next: all.length > size ? (all[size - 1]?.path ?? null) : null }
    },
    first(): Branch[] {
      return shown()
        .filter((post) => post.depth === 1)
        .map((post) => {
          const { posts: replies, next } = this.below(post, post.path, 5)
          return { post, replies, gaps: next ? [next] : [] }
        })
    },
  }
}

test('whatever happens while one reads, in the end all of it is there, in order, once', () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const dice = chance(seed)
    const server = aServer(dice)
    for (let act = 0; act < 40; act += 1) server.act()
    let pages = pagesOf(page(server.first()))
    let pending: Post[] = []
    for (let step = 0; step < 60; step += 1) {
      if (dice(3) > 0) pending.push(server.act())
      if (dice(3) === 0) {
        pages = withNews(pages, news(pending))
        pending = []
      }
      const gaps = rowsOf(branchesOf(pages)).flatMap(({ gap }) => gap ?? [])
      const gap = gaps[dice(gaps.length)]
      const branch = gap && branchesOf(pages).find(({ post }) => post.id === gap.branch)
      if (gap && branch && dice(3) === 0) {
        pages = withBranchPage(pages, gap.branch, gap.after, server.below(branch.post, gap.after, 3))
      }
    }
    pages = withNews(pages, news(pending))
    for (let [branch] = withGaps(pages); branch; [branch] = withGaps(pages)) {
      const after = branch.gaps[0] ?? ''
      pages = withBranchPage(pages, branch.post.id, after, server.below(branch.post, after, 3))
    }
    const seen = rowsOf(branchesOf(pages)).map(({ post }) => [post.number, post.revision, post.deleted_at])
    expect(seen, `seed ${seed}`).toEqual(
      server.shown().map((post) => [post.number, post.revision, post.deleted_at]),
    )
  }
})

const withGaps = (pages: TopicPages) => branchesOf(pages).filter(({ gaps }) => gaps.length > 0)
