import { paragraphs } from '@p2p/database/testing'
import { expect, test } from 'vitest'
import { outcome, racing } from './racing.ts'

const { owner, signUp, as } = racing()

const open = (by: string) =>
  as<string>(by, `select open_topic('quality', 'A race', $1) as answer`, [paragraphs('Go')])
const reply = (by: string, topic: string, parent: string | null = null) =>
  as<string>(by, `select reply($1, $2, $3) ->> 'id' as answer`, [topic, paragraphs('Here'), parent])
const vote = (by: string, post: string, useful: boolean) =>
  as(by, 'select vote($1, $2) as answer', [post, useful])
const choose = (by: string, topic: string, post: string | null) =>
  as(by, 'select choose_best_answer($1, $2) as answer', [topic, post])
const deletePost = (by: string, post: string) => as(by, 'select delete_post($1)::text as answer', [post])

/** Every counter beside what it counts; a healthy forum has none that differs. */
const differing = () =>
  owner(`
    select 'post ' || id as what from posts
    where vote_count <> (select count(*) from votes where post_id = posts.id)
    union all
    select 'topic ' || id from topics
    where vote_count <> (select vote_count from posts where topic_id = topics.id and number = 1)
      or trend is distinct from private.topic_trend(vote_count, reply_count, created_at)
    union all
    select 'answer of ' || topics.id from topics join posts on posts.id = topics.answer_id where posts.deleted_at is not null
    union all
    select 'reputation of ' || person_id from reputations
    left join (
      select person, sum(points) as points, sum(votes) as votes, sum(answers) as answers
      from topics, private.topic_credits(topics) group by person) as given on given.person = person_id
    where (score, votes_received, answers_given)
      is distinct from (coalesce(points, 0), coalesce(votes, 0), coalesce(answers, 0))`)

const random = <T>(things: readonly T[]): T => things[Math.floor(Math.random() * things.length)]!
const unlimited = () => owner(`delete from private.rate_limits where bucket ~ '^(votes|posts)[.]'`)

test('fifty rounds of many people voting and taking back at once: every count is exact', async () => {
  const people = await Promise.all(Array.from({ length: 6 }, (_, i) => signUp(`voter@voter${i}.example`)))
  const topic = await open(people[0]!)
  const first = await reply(people[1]!, topic)
  const posts = [first, await reply(people[2]!, topic, first), await reply(people[1]!, topic, first)]
  const rows = await owner('select id from posts where topic_id = $1 and number = 1', [topic])
  posts.push(rows[0].id)
  for (let round = 0; round < 50; round += 1) {
    await unlimited()
    const acts = people.flatMap((person) =>
      [random(posts), random(posts)].map((post) =>
        vote(person, post, Math.random() < 0.6).catch((error: { detail?: string }) => error.detail),
      ),
    )
    const answers = await Promise.all([...acts, reply(random(people), topic, random(posts))])
    expect(answers.filter((answer) => typeof answer === 'string' && answer !== 'own_post')).toHaveLength(1)
  }
  expect(await differing()).toEqual([])
})

test('the same vote asked for ten times at once is one', async () => {
  const [ada, bob] = [await signUp('ada@tenfold.example'), await signUp('bob@tenfold2.example')]
  const post = await reply(bob, await open(ada))
  await Promise.all(Array.from({ length: 10 }, () => vote(ada, post, true)))
  const rows = await owner('select vote_count from posts where id = $1', [post])
  expect(rows).toEqual([{ vote_count: 1 }])
})

test('fifty times a reply is chosen, voted for and deleted at once: never is the answer one that is gone', async () => {
  const [ada, bob, eve] = [
    await signUp('ada@choosing.example'),
    await signUp('bob@choosing2.example'),
    await signUp('eve@choosing3.example'),
  ]
  const outcomes = new Set<string>()
  for (let round = 0; round < 50; round += 1) {
    await unlimited()
    const topic = await open(ada)
    const parent = await reply(bob, topic)
    const post = await reply(bob, topic, parent)
    await vote(eve, post, true)
    const acts = [
      () => choose(ada, topic, post),
      () => deletePost(bob, post),
      () => vote(ada, parent, true),
      () => vote(eve, post, false),
    ].toSorted(() => Math.random() - 0.5)
    const answers = await Promise.all(acts.map((act) => outcome(act())))
    for (const answer of answers) outcomes.add(answer)
    const rows = await owner(
      `select answer_id, (select deleted_at is null from posts where id = $2) as alive from topics where id = $1`,
      [topic, post],
    )
    expect(rows).toEqual([{ answer_id: null, alive: false }])
  }
  // Whoever comes too late is told so, and nobody is told of a deadlock.
  expect([...outcomes].filter((what) => !['answer_invalid', 'done', 'not_found'].includes(what))).toEqual([])
  expect(await differing()).toEqual([])
})

test('while people vote, a voter goes for good: their votes go, and nobody waits for ever', async () => {
  for (let round = 0; round < 10; round += 1) {
    await unlimited()
    const [ada, bob, eve] = await Promise.all(
      ['ada', 'bob', 'eve'].map((name) => signUp(`${name}@going${round}${name}.example`)),
    )
    const topics = await Promise.all([open(ada!), open(ada!), open(bob!)])
    const posts = await Promise.all(topics.flatMap((topic) => [reply(bob!, topic), reply(eve!, topic)]))
    for (const post of posts) await vote(eve!, post, true).catch(() => {})
    const answers = await Promise.allSettled([
      owner('delete from auth.users where id = $1', [eve]),
      ...posts.map((post) => vote(ada!, post, true)),
      ...topics.map((topic) => reply(bob!, topic)),
    ])
    expect(answers.filter(({ status }) => status === 'rejected')).toEqual([])
  }
  expect(await differing()).toEqual([])
})
