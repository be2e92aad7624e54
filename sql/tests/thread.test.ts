import { type Db, type Person, paragraphs, test } from '@p2p/database/testing'
import { describe, expect } from 'vitest'

type Card = {
  id: string
  number: number
  path: string
  depth: number
  deleted_at: string | null
  body: object | null
}
type Branch = { post: Card; replies: Card[]; gaps: string[] }
type Page = {
  topic: { reply_count: number; answer_id: string | null }
  opening: Card
  answer: Card | null
  branches: Branch[]
  next: string | null
  previous: string | null
  mark: number
}
type Asked = { sort?: string; after?: string | null; before?: string | null; post?: string; size?: number }

const open = async (db: Db, by: Person, visibility = 'community') => {
  await db.as(by)
  const [row] = await db.sql`
    select open_topic(category => 'quality', title => 'Porosity in castings', body => ${paragraphs('We see pores.')},
      visibility => ${visibility}::visibility) as id`
  return row.id as string
}

const answer = async (
  db: Db,
  by: Person,
  topic: string,
  parent: string | null = null,
  text = 'An answer',
) => {
  await db.as(by)
  const [row] = await db.sql`select reply(${topic}, ${paragraphs(text)}, ${parent}) as post`
  return row.post as Card
}

const page = async (db: Db, by: Person, topic: string, asked: Asked = {}): Promise<Page> => {
  await db.as(by)
  const { sort = 'oldest', after = null, before = null, post = null, size = 20 } = asked
  return (
    await db.sql`select topic_page(${topic}, ${sort}, ${after}, ${before}, ${post}, ${size}) as page`
  )[0].page
}

const below = async (db: Db, post: string, after: string | null, size = 20) =>
  (await db.sql`select branch_page(${post}, ${after}, ${size}) as page`)[0].page as {
    posts: Card[]
    next: string | null
  }

const since = async (db: Db, topic: string, mark: number, after: string | null = null, size = 100) =>
  (await db.sql`select posts_since(${topic}, ${mark}, ${after}, ${size}) as since`)[0].since as {
    posts: Card[]
    counts: { id: string; reply_count: number; branch_count: number }[]
    mark: number
    next: string | null
  }

const numbers = (posts: readonly Card[]) => posts.map((post) => post.number)
const begun = (pages: Page) => numbers(pages.branches.map((branch) => branch.post))
const refusal = (status: number, code: string) => ({ code: `PT${status}`, detail: code })

/** The whole branch, as a reader comes to it by asking for what is behind its gap. */
async function wholeBranch(db: Db, { post, replies, gaps }: Branch, size: number): Promise<Card[]> {
  const posts = [post, ...replies]
  let after = gaps[0] ?? null
  while (after) {
    const more = await below(db, post.id, after, size)
    posts.push(...more.posts)
    after = more.next
  }
  return posts
}

type Grown = { number: number; parent: number | null; path: string; depth: number; gone: boolean }

/** Posts 2 to `size` of a topic, each answering it or a post before, put there at once; `gone` are deleted. */
async function grow(
  db: Db,
  topic: string,
  size: number,
  parentOf: (number: number) => number | null,
  gone: (number: number) => boolean = () => false,
): Promise<Grown[]> {
  const grown = new Map<number, Grown>()
  for (let number = 2; number <= size; number += 1) {
    const parent = parentOf(number)
    const above = parent === null ? undefined : grown.get(parent)
    const path = (above?.path ?? '') + number.toString(16).padStart(6, '0')
    grown.set(number, { number, parent, path, depth: (above?.depth ?? 0) + 1, gone: gone(number) })
  }
  const posts = [...grown.values()]
  await db.asOwner()
  await db.sql`alter table posts disable trigger user`
  await db.sql`
    insert into posts (id, topic_id, number, parent_id, depth, path, author_id, visibility, organization_id, body, deleted_at)
    select md5(${topic} || grown.number)::uuid, topic_id, grown.number, md5(${topic} || grown.parent)::uuid, grown.depth,
      grown.path, author_id, visibility, organization_id, case when not gone then body end, case when gone then now() end
    from json_to_recordset(${JSON.stringify(posts)})
      as grown (number int, parent int, depth int, path text, gone boolean)
    join posts as opening on opening.topic_id = ${topic} and opening.number = 1`
  await db.sql`alter table posts enable trigger user`
  await db.sql`update topics set numbered_to = ${size}, last_number = ${size} where id = ${topic}`
  await db.sql`select private.recount_topics(array[${topic}::uuid])`
  await db.sql`analyze posts`
  return posts
}

/** In reading order; deleted posts only where something living hangs on them. */
const shownOf = (posts: readonly Grown[]) =>
  posts
    .filter((post) => !post.gone || posts.some((other) => !other.gone && other.path.startsWith(post.path)))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))

const idOf = async (db: Db, topic: string, number: number): Promise<string> => {
  await db.asOwner()
  return (await db.sql`select id from posts where topic_id = ${topic} and number = ${number}`)[0].id
}

/** The same numbers in each run. */
function chance(seed: number) {
  let state = seed
  return (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
}

describe('a topic in branches', () => {
  test('an answer stands below what it answers', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada)
    const first = await answer(db, bob, topic)
    const second = await answer(db, ada, topic)
    const under = await answer(db, ada, topic, first.id)
    const seen = await page(db, bob, topic)
    expect(seen.opening).toMatchObject({ number: 1, depth: 0 })
    expect(seen.branches).toMatchObject([
      { post: { id: first.id, branch_count: 1 }, replies: [{ id: under.id, depth: 2 }], gaps: [] },
      { post: { id: second.id }, replies: [], gaps: [] },
    ])
    expect(seen).toMatchObject({ answer: null, next: null, previous: null })
  })

  test.for(['oldest', 'newest', 'votes'])(
    'three thousand posts by %s: each once, parents before children, forwards and backwards',
    async (sort, { db }) => {
      const [ada, bob] = [await db.person('ada'), await db.person('bob')]
      const topic = await open(db, ada)
      const dice = chance(7)
      const posts = await grow(
        db,
        topic,
        3000,
        (number) => (number < 60 || dice(4) === 0 ? null : 2 + dice(number - 2)),
        () => dice(8) === 0,
      )
      await db.sql`update posts set vote_count = number % 7 where topic_id = ${topic}`
      const expected = shownOf(posts)
      const roots = expected.filter((post) => post.depth === 1).map((post) => post.number)
      if (sort === 'newest') roots.reverse()
      if (sort === 'votes') roots.sort((a, b) => (b % 7) - (a % 7) || a - b)

      const branches: Branch[] = []
      const pages: Page[] = []
      for (let after: string | null = null, more = true; more; ) {
        const here = await page(db, bob, topic, { sort, after, size: 50 })
        pages.push(here)
        branches.push(...here.branches)
        after = here.next
        more = after !== null
      }
      expect(numbers(branches.map((branch) => branch.post))).toEqual(roots)

      const read: Card[] = []
      for (const branch of branches) read.push(...(await wholeBranch(db, branch, 30)))
      const reading = roots.flatMap((root) =>
        expected.filter((post) => post.path.slice(0, 6) === root.toString(16).padStart(6, '0')),
      )
      expect(numbers(read)).toEqual(reading.map((post) => post.number))

      const back: number[][] = []
      for (let before = pages.at(-1)?.previous ?? null; before; ) {
        const here = await page(db, bob, topic, { sort, before, size: 50 })
        back.unshift(begun(here))
        before = here.previous
      }
      expect([...back.flat(), ...begun(pages.at(-1) as Page)]).toEqual(roots)
    },
  )

  test('a permalink at any depth shows its post with all that it hangs on, and loses nothing around it', async ({
    db,
  }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada)
    const dice = chance(3)
    const posts = await grow(
      db,
      topic,
      600,
      (number) => (dice(12) === 0 ? null : 2 + dice(number - 2)),
      () => dice(9) === 0,
    )
    const expected = shownOf(posts)
    for (const wanted of expected.filter((_, place) => place % 23 === 0)) {
      const seen = await page(db, bob, topic, { post: await idOf(db, topic, wanted.number) })
      const branch = seen.branches[0] as Branch
      const shown = [branch.post, ...branch.replies]
      const above = expected.filter((post) => wanted.path.startsWith(post.path)).map((post) => post.number)
      expect(numbers(shown)).toEqual(expect.arrayContaining(above))
      expect(shown.map((post) => post.path)).toEqual(shown.map((post) => post.path).toSorted())

      const all = new Set(numbers(shown))
      for (const gap of branch.gaps) {
        for (let after: string | null = gap; after; ) {
          const more = await below(db, branch.post.id, after)
          for (const number of numbers(more.posts)) all.add(number)
          after = more.next
        }
      }
      const whole = expected
        .filter((post) => post.path.startsWith(branch.post.path))
        .map((post) => post.number)
      expect([...all].toSorted((a, b) => a - b)).toEqual(whole.toSorted((a, b) => a - b))
    }
  })

  test.for(['oldest', 'newest', 'votes'])(
    'a permalink by %s leads to its page, from which both ways go on',
    async (sort, { db }) => {
      const ada = await db.person('ada')
      const topic = await open(db, ada)
      await grow(db, topic, 41, () => null)
      const seen = await page(db, ada, topic, { sort, post: await idOf(db, topic, 20), size: 5 })
      expect(begun(seen)[0]).toBe(20)
      const before = await page(db, ada, topic, { sort, before: seen.previous, size: 100 })
      const after = await page(db, ada, topic, { sort, after: seen.next, size: 100 })
      const all = [...begun(before), ...begun(seen), ...begun(after)]
      expect(all).toEqual(begun(await page(db, ada, topic, { sort, size: 100 })))
      expect([before.previous, after.next]).toEqual([null, null])
    },
  )

  test('a permalink to a post that is gone, or of another topic, shows the topic from its beginning', async ({
    db,
  }) => {
    const ada = await db.person('ada')
    const [topic, other] = [await open(db, ada), await open(db, ada)]
    await grow(
      db,
      topic,
      9,
      () => null,
      (number) => number === 7,
    )
    const elsewhere = await answer(db, ada, other)
    for (const post of [await idOf(db, topic, 7), elsewhere.id, crypto.randomUUID()]) {
      const seen = await page(db, ada, topic, { post, size: 3 })
      expect(begun(seen)).toEqual([2, 3, 4])
      expect(seen.previous).toBe(null)
    }
  })

  test('people may answer each other three hundred levels deep, and each post is read', async ({ db }) => {
    const ada = await db.person('ada')
    const topic = await open(db, ada)
    let parent: string | null = null
    const written: number[] = []
    for (let level = 0; level < 300; level += 1) {
      // Nobody writes that fast.
      await db.asOwner()
      await db.sql`delete from private.rate_limits`
      const post: Card = await answer(db, ada, topic, parent)
      parent = post.id
      written.push(post.number)
    }
    const [branch] = (await page(db, ada, topic)).branches
    expect(numbers(await wholeBranch(db, branch as Branch, 100))).toEqual(written)
    const seen = await page(db, ada, topic, { post: parent as string })
    expect(numbers(seen.branches[0]?.replies ?? [])).toContain(written.at(-1))
  })

  test('a deleted post keeps its place only while something living hangs on it', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada)
    const first = await answer(db, bob, topic)
    const second = await answer(db, bob, topic, first.id)
    const third = await answer(db, ada, topic, second.id)
    await db.as(bob)
    await db.sql`select delete_post(${first.id}), delete_post(${second.id})`
    expect((await page(db, bob, topic)).branches).toMatchObject([
      { post: { number: 2, body: null }, replies: [{ number: 3, body: null }, { number: 4 }] },
    ])
    await db.as(ada)
    await db.sql`select delete_post(${third.id})`
    expect((await page(db, bob, topic)).branches).toEqual([])
  })

  test('the best answer comes with every page', async ({ db }) => {
    const ada = await db.person('ada')
    const topic = await open(db, ada)
    await grow(db, topic, 30, (number) => (number % 3 === 0 ? number - 1 : null))
    const best = await idOf(db, topic, 27)
    await db.sql`update topics set answer_id = ${best} where id = ${topic}`
    expect((await page(db, ada, topic, { size: 2 })).answer).toMatchObject({ id: best, number: 27 })
  })

  test.for([
    { sort: 'best' },
    { after: 'x' },
    { after: '1' },
    { before: "1_1' or true" },
    { after: '9999999999_1' },
    { after: '1_1', before: '1_1' },
  ])('asked with %j it says what is wrong', async (asked, { db }) => {
    const ada = await db.person('ada')
    const topic = await open(db, ada)
    await expect(page(db, ada, topic, asked)).rejects.toMatchObject({ code: 'PT422' })
  })

  test('a place that is none in a branch is refused', async ({ db }) => {
    const ada = await db.person('ada')
    const post = await answer(db, ada, await open(db, ada))
    await expect(below(db, post.id, '00000g')).rejects.toMatchObject(refusal(422, 'cursor_invalid'))
  })
})

describe('what a post said before', () => {
  test('is there with its time and its writer, newest first', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada)
    const post = await answer(db, bob, topic, null, 'Frist')
    await db.sql`select edit_post(${post.id}, ${paragraphs('First')}), edit_post(${post.id}, ${paragraphs('The first')})`
    await db.as(ada)
    const [{ history }] = await db.sql`select post_history(${post.id}) as history`
    expect(history).toMatchObject({
      versions: [
        { revision: 3, body: paragraphs('The first'), editor: { id: bob.id } },
        { revision: 2, body: paragraphs('First'), editor: { id: bob.id } },
        { revision: 1, body: paragraphs('Frist'), editor: { id: bob.id, first_name: 'bob' } },
      ],
      next: null,
    })
    const times = history.versions.map((version: { written_at: string }) => version.written_at)
    expect(times).toEqual(times.toSorted().toReversed())
  })

  test('comes a page at a time', async ({ db }) => {
    const ada = await db.person('ada')
    const post = await answer(db, ada, await open(db, ada), null, 'Word 1')
    for (let nth = 2; nth <= 5; nth += 1)
      await db.sql`select edit_post(${post.id}, ${paragraphs(`Word ${nth}`)})`
    const seen: number[] = []
    for (let before: number | null | undefined; before !== null; ) {
      const [{ history }] = await db.sql`select post_history(${post.id}, ${before ?? null}, 2) as history`
      seen.push(...history.versions.map((version: { revision: number }) => version.revision))
      before = history.next
    }
    expect(seen).toEqual([5, 4, 3, 2, 1])
  })

  test('to a company alone stays its own when the topic is opened to all', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada, 'organization')
    const post = await answer(db, ada, topic, null, 'A secret')
    await db.sql`select edit_post(${post.id}, ${paragraphs('For all')})`
    await db.sql`select edit_topic(${topic}, visibility => 'community')`
    await db.sql`select edit_post(${post.id}, ${paragraphs('For all of us')})`
    const revisions = async (by: Person) => {
      await db.as(by)
      const [{ history }] = await db.sql`select post_history(${post.id}) as history`
      return history.versions.map((version: { revision: number }) => version.revision)
    }
    expect(await revisions(bob)).toEqual([3, 2])
    expect(await revisions(ada)).toEqual([3, 2, 1])
  })

  test('is gone with the post', async ({ db }) => {
    const ada = await db.person('ada')
    const topic = await open(db, ada)
    const post = await answer(db, ada, topic, null, 'A secret')
    await db.sql`select edit_post(${post.id}, ${paragraphs('Nothing')})`
    await db.sql`select delete_post(${post.id})`
    expect(await db.sql`select * from post_revisions`).toEqual([])
    await expect(db.sql`select post_history(${post.id})`).rejects.toMatchObject(refusal(404, 'not_found'))
  })
})

describe('a topic of the company', () => {
  test('shows a stranger no branch, no news and no history', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada, 'organization')
    const post = await answer(db, ada, topic, null, 'A secret')
    await db.sql`select edit_post(${post.id}, ${paragraphs('Another')})`
    for (const act of [
      () => page(db, bob, topic),
      () => page(db, bob, topic, { post: post.id }),
      () => below(db, post.id, null),
      () => since(db, topic, 0),
      () => db.sql`select post_history(${post.id})`,
    ]) {
      await db.as(bob)
      await db.sql`savepoint before`
      await expect(act()).rejects.toMatchObject(refusal(404, 'not_found'))
      await db.sql`rollback to before`
    }
    expect(await db.sql`select * from post_revisions`).toEqual([])
  })

  test('a topic that is deleted takes its posts out of sight', async ({ db }) => {
    const ada = await db.person('ada')
    const topic = await open(db, ada)
    const post = await answer(db, ada, topic)
    await db.asOwner()
    await db.sql`update topics set deleted_at = now() where id = ${topic}`
    for (const act of [
      () => page(db, ada, topic),
      () => below(db, post.id, null),
      () => since(db, topic, 0),
      () => db.sql`select post_history(${post.id})`,
    ]) {
      await db.as(ada)
      await db.sql`savepoint before`
      await expect(act()).rejects.toMatchObject(refusal(404, 'not_found'))
      await db.sql`rollback to before`
    }
  })
})

describe('what has happened since', () => {
  test('comes in pages of which none repeats another, with new counts of what it hangs on', async ({
    db,
  }) => {
    const ada = await db.person('ada')
    const topic = await open(db, ada)
    await grow(db, topic, 25, (number) => (number < 5 ? null : 3))
    await db.as(ada)
    const read: Card[] = []
    let after: string | null = null
    do {
      const some = await since(db, topic, 0, after, 7)
      read.push(...some.posts)
      after = some.next
    } while (after)
    expect(numbers(read).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 25 }, (_, place) => place + 1),
    )
    const { counts, mark } = await since(db, topic, 0)
    expect(counts.find(({ branch_count }) => branch_count > 0)).toMatchObject({
      reply_count: 21,
      branch_count: 21,
    })
    expect(mark).toBeGreaterThan(0)
  })

  test('is refused for a mark that is none', async ({ db }) => {
    const ada = await db.person('ada')
    const topic = await open(db, ada)
    await expect(since(db, topic, 1, 'x')).rejects.toMatchObject(refusal(422, 'cursor_invalid'))
  })
})
