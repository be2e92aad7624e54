import { paragraphs } from '@p2p/database/testing'
import pg from 'pg'
import { beforeAll, expect, test } from 'vitest'
import { recounts } from './forum-recounts.ts'
import { racing } from './racing.ts'

/*
 * Several people do thousands of random things in the forum at once, each thing in a transaction of its own. Afterwards
 * everything that is counted, ordered or marked is counted anew from the rows alone, and must be what the forum says.
 */

const { owner, signUp, companyOf, as } = racing()

const people = 6
const actsOfEach = 400

const members: Member[] = []
beforeAll(async () => {
  await owner(
    `insert into tags (slug, name_en, name_ar) values ('pumps', 'Pumps', 'مضخات'), ('steam', 'Steam', 'بخار')`,
  )
  // One after another: the second of a company joins the first.
  for (let nth = 0; nth < people; nth += 1) members.push(await join(nth, members[nth - 1]))
})

/** What this person has read and chosen, as they know it themselves. */
type Member = {
  id: string
  read: Map<string, number>
  level: Map<string, string | null>
  /** Topics whose level they chose themselves: writing there changes it no more. */
  chosen: Set<string>
}

/** Three companies of two people; the first person is a moderator of the platform. */
async function join(nth: number, before: Member | undefined): Promise<Member> {
  const id = await signUp(`person@model-${nth}.example`, nth === 0 ? { role: 'moderator' } : {})
  if (before && nth % 2 === 1) {
    await owner('update memberships set organization_id = $2 where user_id = $1', [
      id,
      await companyOf(before.id),
    ])
  }
  return { id, read: new Map(), level: new Map(), chosen: new Set() }
}

const any = <T>(of: readonly T[]): T => of[Math.floor(Math.random() * of.length)] as T
const topics: string[] = []
const posts: { id: string; topic: string; number: number }[] = []
const categories = ['quality', 'energy', 'maintenance']
const words = () => paragraphs(`It ${any(['hums', 'leaks', 'shakes', 'يهتز'])} ${Math.random()}`)

type Act = (member: Member) => Promise<void>

/** Writing is reading: what stands right above one's own post is read with it. */
function wrote(member: Member, topic: string, number: number) {
  if (!member.chosen.has(topic) && !member.level.get(topic)) {
    member.level.set(topic, number === 1 ? 'watching' : 'following')
  }
  const read = member.read.get(topic)
  if (read === undefined || read === number - 1) member.read.set(topic, number)
}

const acts: Record<string, [weight: number, act: Act]> = {
  open: [
    6,
    async (member) => {
      const topic = await as<string>(
        member.id,
        `select open_topic(category => $1, title => $2, body => $3, visibility => $4::visibility, tags => $5) as answer`,
        [
          any(categories),
          `Topic ${topics.length}`,
          words(),
          any(['community', 'community', 'organization']),
          any([[], ['pumps'], ['pumps', 'steam']]),
        ],
      )
      wrote(member, topic, 1)
      const [{ id }] = await owner('select id from posts where topic_id = $1 and number = 1', [topic])
      topics.push(topic)
      posts.push({ id, topic, number: 1 })
    },
  ],
  reply: [
    30,
    async (member) => {
      const above = any(posts)
      const parent = Math.random() < 0.7 ? above.id : null
      const post = await as<{ id: string; number: number }>(
        member.id,
        `select reply(topic => $1, body => $2, parent => $3) as answer`,
        [above.topic, words(), parent],
      )
      wrote(member, above.topic, post.number)
      posts.push({ id: post.id, topic: above.topic, number: post.number })
    },
  ],
  edit: [
    8,
    async (member) =>
      void (await as(member.id, `select edit_post($1, $2) as answer`, [any(posts).id, words()])),
  ],
  remove: [
    8,
    async (member) => void (await as(member.id, `select delete_post($1) as answer`, [any(posts).id])),
  ],
  vote: [
    20,
    async (member) =>
      void (await as(member.id, `select vote($1, $2) as answer`, [any(posts).id, Math.random() < 0.7])),
  ],
  answer: [
    10,
    async (member) => {
      const post = any(posts)
      await as(member.id, `select choose_best_answer($1, $2) as answer`, [
        post.topic,
        any([post.id, post.id, null]),
      ])
    },
  ],
  move: [
    4,
    async (member) =>
      void (await as(member.id, `select move_topic($1, $2) as answer`, [any(topics), any(categories)])),
  ],
  tag: [
    4,
    async (member) =>
      void (await as(member.id, `select edit_topic(topic => $1, tags => $2) as answer`, [
        any(topics),
        any([[], ['steam'], ['pumps']]),
      ])),
  ],
  pin: [
    2,
    async (member) =>
      void (await as(member.id, `select pin_topic($1, $2) as answer`, [
        any(topics),
        any(['forum', 'category', null]),
      ])),
  ],
  lock: [
    2,
    async (member) =>
      void (await as(member.id, `select lock_topic($1, $2) as answer`, [any(topics), Math.random() < 0.3])),
  ],
  'delete topic': [
    3,
    async (member) =>
      void (await as(member.id, `select delete_topic($1, 'No reason') as answer`, [any(topics)])),
  ],
  restore: [
    4,
    async (member) => void (await as(member.id, `select restore_topic($1) as answer`, [any(topics)])),
  ],
  read: [
    10,
    async (member) => {
      const { topic, number } = any(posts)
      await as(member.id, `select mark_read($1, $2)::text as answer`, [topic, number])
      member.read.set(topic, Math.max(member.read.get(topic) ?? 0, number))
      if (!member.level.has(topic)) member.level.set(topic, null)
    },
  ],
  follow: [
    4,
    async (member) => {
      const [topic, level] = [any(topics), any(['watching', 'following', 'muted', null])]
      await as(member.id, `select follow_topic($1, $2)::text as answer`, [topic, level])
      member.level.set(topic, level)
      member.chosen.add(topic)
      if (!member.read.has(topic)) member.read.set(topic, 0)
    },
  ],
}
const drawn = Object.entries(acts).flatMap(([name, [weight]]) => Array<string>(weight).fill(name))

const done = new Map<string, number>()

/** One person's evening. What the law refuses is refused; anything else that goes wrong is a fault. */
async function live(member: Member) {
  for (let nth = 0; nth < actsOfEach; nth++) {
    const name = topics.length < 3 ? 'open' : any(drawn)
    try {
      await acts[name]?.[1](member)
      done.set(name, (done.get(name) ?? 0) + 1)
    } catch (error) {
      // PGRST: a refusal with Retry-After.
      if (!(error instanceof pg.DatabaseError && /^(PT4|PGRST)/.test(error.code ?? ''))) throw error
    }
    // Nobody is made to wait: how often somebody may vote is tested elsewhere.
    if (nth % 20 === 0) {
      await owner('delete from private.rate_limits where subject = $1', [member.id])
    }
  }
}

test('thousands of acts at once leave every counter, order and mark as it is counted from scratch', async () => {
  await Promise.all(members.map(live))
  for (const name of Object.keys(acts)) expect(done.get(name) ?? 0, name).toBeGreaterThanOrEqual(5)

  for (const [what, statement] of Object.entries(recounts)) {
    expect(await owner(statement), what).toEqual([])
  }
}, 300_000)

test('what each person has read and chosen is what they know of it', async () => {
  for (const { id, read, level } of members) {
    const rows = await owner(
      'select topic_id, read_number, level from public.topic_readers where user_id = $1',
      [id],
    )
    const stored = Object.fromEntries(rows.map((row) => [row.topic_id, [row.read_number, row.level]]))
    const known = Object.fromEntries(
      [...level].map(([topic, chosen]) => [topic, [read.get(topic) ?? 0, chosen]]),
    )
    expect(stored).toEqual(known)
  }
})

test('unread and new topics are those that a look at everything finds', async () => {
  for (const member of members) {
    const counted = await as(member.id, 'select unread_count() as answer')
    const rows = await owner(
      `select
         count(*) filter (where level in ('watching', 'following') and read_number < last_number)::int as unread,
         count(*) filter (where readers.user_id is null)::int as new
       from public.topics
       left join public.topic_readers as readers on readers.topic_id = topics.id and readers.user_id = $1
       where deleted_at is null and (visibility = 'community'
         or organization_id = (select organization_id from public.memberships where user_id = $1))`,
      [member.id],
    )
    expect(counted).toEqual(rows[0])
  }
})

type Page = { topics: { id: string }[]; next: string | null }

test.each([
  [
    'activity',
    "(pinned_in is not null and pinned_in = 'forum') desc, last_post_at desc, id desc",
    "level is distinct from 'muted'",
  ],
  ['newest', 'created_at desc, id desc', 'true'],
  ['votes', 'vote_count desc, id desc', 'true'],
  ['unanswered', 'last_post_at desc, id desc', 'answer_id is null'],
  ['trending', 'trend desc, id desc', "level is distinct from 'muted'"],
])('the list by %s shows each topic once, in its order, for everybody', async (sort, order, kept) => {
  for (const member of members) {
    const shown: string[] = []
    for (let after: string | null | undefined; after !== null; ) {
      const page: Page = await as(
        member.id,
        `select list_topics(sort => $1, after => $2, size => 7) as answer`,
        [sort, after ?? null],
      )
      shown.push(...page.topics.map(({ id }) => id))
      after = page.next
    }
    const rows = await owner(
      `select id from public.topics
       left join public.topic_readers as readers on readers.topic_id = topics.id and readers.user_id = $1
       where deleted_at is null and ${kept} and (visibility = 'community'
         or organization_id = (select organization_id from public.memberships where user_id = $1))
       order by ${order}`,
      [member.id],
    )
    expect(shown).toEqual(rows.map(({ id }) => id))
  }
})
