import type pg from 'pg'
import { lawDatabase, type ScratchDatabase, withClient } from '../../packages/database/testing/database.ts'
import { fillForum, type Reader, rareWord, wordAt } from './forum-fill.ts'
import { percentile, rounded } from './table.ts'

const sizes = [10_000, 1_000_000]
/** Without the first ones, which wait for plans and for pages from the disk: twenty, or a third where all of them are few. */
const settled = (times: number[]) => times.slice(Math.min(20, Math.floor(times.length / 3)))

/** One thing a member does, and the same rows by a statement of one's own: without rights, cursors and what follows. */
type Compared = {
  name: string
  sql: string
  values: (nth: number) => unknown[]
  bare: string
  bareValues: (nth: number) => unknown[]
}

const text = (words: string) => ({
  type: 'doc',
  content: [{ type: 'paragraph', content: [{ type: 'text', text: words }] }],
})
const said = text('We measured it again this morning.')

const bareList = (where: string) => `
  select jsonb_agg(page.card) from (
    select card from private.topic_cards where ${where}
    order by is_pinned_everywhere desc, last_post_at desc, id desc limit 21) as page`

const barePage = `
  select (select card from private.topic_cards where id = $1),
    (select jsonb_agg(page.card) from (
      select card from private.post_cards where topic_id = $1 order by number limit 21) as page)`

const bareSearch = `
  select jsonb_agg(to_jsonb(page)) from (
    select topics.id, topics.title, posts.body_text, ts_rank_cd(entries.words, asked) as rank
    from plainto_tsquery('pg_catalog.english', $1) as asked
    join private.search_entries as entries on entries.words @@ asked
    join public.topics on topics.id = entries.topic_id
    left join public.posts on posts.id = entries.id
    order by rank desc limit 20) as page`

function acts({ id, topics, deep, deepAt }: Reader): Compared[] {
  const topic = (nth: number) => topics[nth % topics.length]
  const search = (name: string, word: string): Compared => ({
    name: `search, ${name}`,
    sql: 'select public.search_forum($1)',
    values: () => [word],
    bare: bareSearch,
    bareValues: () => [word],
  })
  return [
    {
      name: 'topic list',
      sql: 'select public.list_topics()',
      values: () => [],
      bare: bareList('true'),
      bareValues: () => [],
    },
    {
      name: 'topic list, page 200',
      sql: 'select public.list_topics(after => $1)',
      values: () => [deep],
      bare: bareList('not is_pinned_everywhere and last_post_at < $1'),
      bareValues: () => [deepAt],
    },
    {
      name: 'topic page of 20 posts',
      sql: 'select public.topic_page($1)',
      values: (nth) => [topic(nth)],
      bare: barePage,
      bareValues: (nth) => [topic(nth)],
    },
    {
      name: 'unread list',
      sql: `select public.list_topics(filters => '{"unread": true}')`,
      values: () => [],
      bare: bareList(
        `id in (select topic_id from public.topic_readers
          join public.topics on topics.id = topic_id
          where user_id = $1 and level in ('watching', 'following') and read_number < last_number)`,
      ),
      bareValues: () => [id],
    },
    search('a word nobody wrote', 'zzqxxvv'),
    search('a rare word', rareWord),
    search('a frequent word', wordAt(1)),
    {
      name: 'reply',
      sql: 'select public.reply(topic => $1, body => $2)',
      values: (nth) => [topic(nth), said],
      bare: `with post as (
          insert into public.posts (topic_id, number, depth, path, author_id, visibility, organization_id, body)
          select id, numbered_to + 1, 1, lpad(to_hex(numbered_to + 1), 6, '0'), $3, visibility, organization_id, $2
          from public.topics where id = $1 returning topic_id)
        update public.topics set numbered_to = numbered_to + 1, last_number = numbered_to + 1, reply_count = reply_count + 1, last_post_at = now()
        from post where topics.id = post.topic_id`,
      bareValues: (nth) => [topic(nth), said, id],
    },
    {
      name: 'vote',
      sql: 'select public.vote(post => (select id from public.posts where topic_id = $1 and number = 2), useful => $2)',
      values: (nth) => [topic(Math.floor(nth / 2)), nth % 2 === 0],
      bare: `with post as (
          update public.posts set vote_count = vote_count + 1 where topic_id = $1 and number = 3 returning id)
        insert into public.votes (post_id, user_id) select id, $2 from post on conflict do nothing`,
      bareValues: (nth) => [topic(nth), id],
    },
  ]
}

/** Each act at both sizes, one caller at a time; `growth` is p95 at the larger size over p95 at the smaller. */
export async function measureForumAtSize(adminUrl: string, seconds: number, say: (line: string) => void) {
  const found = new Map<string, Record<string, string | number>[]>()
  for (const posts of sizes) {
    say(`Filling a forum of ${posts} posts`)
    const database = await lawDatabase(adminUrl)
    try {
      const reader = await fillForum(database.adminUrl, posts)
      for (const act of acts(reader)) {
        say(`${act.name}, ${posts} posts`)
        const { bare, called } = await inTurns(database, reader.id, act, seconds)
        const row = {
          act: act.name,
          posts,
          'bare p50 ms': rounded(percentile(bare, 0.5), 2),
          'p95 ms': rounded(percentile(bare, 0.95), 2),
          'as a member p50': rounded(percentile(called, 0.5), 2),
          'p95 ': rounded(percentile(called, 0.95), 2),
          '÷ bare': rounded(percentile(called, 0.5) / percentile(bare, 0.5), 2),
        }
        found.set(act.name, [...(found.get(act.name) ?? []), row])
      }
      const [spread, one] = [
        await repliesPerSecond(database.url, reader, (nth) => nth, seconds),
        await repliesPerSecond(database.url, reader, () => 0, seconds),
      ]
      say(
        `${posts} posts, 10 writers: ${rounded(spread)} replies/s spread out, ${rounded(one)} into one topic (${rounded(one / spread, 2)})`,
      )
    } finally {
      await database.drop()
    }
  }
  return [...found.values()].flatMap((rows) => {
    const first = Number(rows[0]?.['p95 '])
    return rows.map((row) => ({ ...row, growth: rounded(Number(row['p95 ']) / first, 2) }))
  })
}

const leastCalls = 40

/** Both in turns, so that what else the machine does falls on both; each planned once, by a statement that is kept. */
async function inTurns(
  { url, adminUrl }: ScratchDatabase,
  person: string,
  act: Compared,
  seconds: number,
): Promise<{ bare: number[]; called: number[] }> {
  return withClient(adminUrl, (owner) =>
    withClient(url, async (member) => {
      await claim(owner, person)
      await become(member, person)
      const [bare, called]: [number[], number[]] = [[], []]
      const until = performance.now() + seconds * 1000
      const isOver = () => performance.now() > until
      // Where the bare statement takes seconds, the call is still measured often enough for a p95.
      for (let nth = 0; nth < leastCalls || !isOver(); nth++) {
        if (nth < 3 || !isOver())
          bare.push(await timed(owner, { name: 'bare', text: act.bare, values: act.bareValues(nth) }))
        called.push(await timed(member, { name: 'called', text: act.sql, values: act.values(nth) }))
      }
      return { bare: settled(bare), called: settled(called) }
    }),
  )
}

async function timed(client: pg.Client, query: pg.QueryConfig): Promise<number> {
  const begun = performance.now()
  await client.query(query)
  return performance.now() - begun
}

const claim = (client: pg.Client, person: string) =>
  client.query(`select set_config('request.jwt.claims', $1, false)`, [
    JSON.stringify({ sub: person, session_id: person, role: 'authenticated' }),
  ])

async function become(client: pg.Client, person: string) {
  await claim(client, person)
  await client.query('set role authenticated')
}

/** Ten writers at once, each to the topic that `place` names. */
async function repliesPerSecond(
  url: string,
  { id, topics }: Reader,
  place: (nth: number) => number,
  seconds: number,
): Promise<number> {
  let written = 0
  const until = performance.now() + seconds * 1000
  const writer = (first: number) =>
    withClient(url, async (client) => {
      await become(client, id)
      for (let nth = first; performance.now() < until; nth += 10) {
        const topic = topics[place(nth) % topics.length]
        await client.query('select public.reply(topic => $1, body => $2)', [topic, said])
        written += 1
      }
    })
  await Promise.all(Array.from({ length: 10 }, (_, nth) => writer(nth)))
  return written / seconds
}
