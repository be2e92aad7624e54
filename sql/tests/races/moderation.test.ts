import { paragraphs } from '@p2p/database/testing'
import { expect, test } from 'vitest'
import { outcome, racing } from './racing.ts'

const { owner, signUp, as } = racing()

async function people(place: string) {
  const [ada, bob, mo, max] = [
    await signUp(`ada@${place}.example`),
    await signUp(`bob@${place}2.example`),
    await signUp(`mo@${place}3.example`, { role: 'moderator' }),
    await signUp(`max@${place}4.example`, { role: 'moderator' }),
  ]
  const topic = await as<string>(ada, `select open_topic('quality', 'A race', $1) as answer`, [
    paragraphs('Ready'),
  ])
  const reported = async () => {
    await owner('delete from private.rate_limits')
    const post = await as<string>(bob, `select reply($1, $2) ->> 'id' as answer`, [topic, paragraphs('Go')])
    await as(ada, `select report_post($1, 'spam') as answer`, [post])
    const rows = await owner(`select id from private.cases where post_id = $1`, [post])
    return { post, id: rows[0].id as string }
  }
  return { ada, bob, mo, max, topic, reported }
}

const decide = (by: string, id: string, decision: string) =>
  as(by, 'select decide_case($1, $2, $3, expected => 2) as answer', [
    id,
    decision,
    decision === 'keep' ? null : 'For a good reason.',
  ])

/** What a count of a topic's living replies says differently from the topic. */
const differing = async () => {
  const rows = await owner(`
    select id from topics
    where reply_count <> (select count(*) from posts where topic_id = topics.id and number > 1 and deleted_at is null)
    union all
    select id from posts where (deleted_at is not null) <> exists (select from private.deleted_posts where post_id = posts.id)`)
  return rows
}

test('fifty times two moderators decide one case at once: one decides, the other is told so', async () => {
  const { mo, max, reported } = await people('deciding')
  for (let round = 0; round < 50; round += 1) {
    const { id, post } = await reported()
    const [first, second] = await Promise.all([
      outcome(decide(mo, id, 'hide')),
      outcome(decide(max, id, round % 2 ? 'delete' : 'keep')),
    ])
    expect([first, second].toSorted()).toEqual(['case_decided', 'done'])
    const rows = await owner(
      `select decision, took_post, (select count(*)::int from audit_events where subject_id = $1) as lines,
         (select deleted_at is not null from posts where id = $2) as gone
       from private.cases where id::text = $1`,
      [id, post],
    )
    expect(rows[0]).toMatchObject({ lines: 1, gone: rows[0].decision !== 'keep', took_post: rows[0].gone })
  }
  expect(await differing()).toEqual([])
})

test('fifty times an author takes the post back while it is decided: it goes once, and nobody waits for ever', async () => {
  const { bob, mo, reported } = await people('leaving')
  const outcomes = new Set<string>()
  for (let round = 0; round < 50; round += 1) {
    const { id, post } = await reported()
    const both = await Promise.all([
      outcome(decide(mo, id, round % 2 ? 'hide' : 'delete')),
      outcome(as(bob, 'select delete_post($1)::text as answer', [post])),
    ])
    outcomes.add(both.join(' '))
  }
  expect([...outcomes].filter((both) => !['post_gone done', 'done not_found'].includes(both))).toEqual([])
  expect(await differing()).toEqual([])
})

test('fifty times a report comes while its case is decided: it is in a case that is open, or closed with its own', async () => {
  const { mo, max, reported } = await people('reporting')
  for (let round = 0; round < 50; round += 1) {
    const { id, post } = await reported()
    const [decided] = await Promise.all([
      outcome(decide(mo, id, 'keep')),
      outcome(as(max, `select report_post($1, 'other') as answer`, [post])),
    ])
    expect(['done', 'changed_meanwhile']).toContain(decided)
  }
  const rows = await owner(`
    select from reports join private.cases on cases.id = case_id
    where (reports.closed_at is null) <> (cases.state = 'open')`)
  expect(rows).toEqual([])
})

/** Posts of Bob's in Ada's topic: what he writes always waits, since what was published before is deleted. */
async function waiting(place: string) {
  await owner('delete from posting_rules')
  const { ada, bob, mo, max, topic } = await people(place)
  await owner('insert into posting_rules (held_first_posts) values (10)')
  const write = async (id: string = crypto.randomUUID()) => {
    await owner('delete from private.rate_limits')
    await owner(
      'update posts set body = null, deleted_at = now() where author_id = $1 and deleted_at is null',
      [bob],
    )
    await as(bob, 'select reply($1, $2, id => $3) as answer', [topic, paragraphs('Go'), id])
    return id
  }
  const judge = (by: string, id: string, accept: boolean) =>
    outcome(
      as(by, 'select decide_held_post($1, $2, $3) as answer', [
        id,
        accept,
        accept ? null : 'For a good reason.',
      ]),
    )
  const found = async (id: string) => {
    const rows = await owner(
      `select (select state from private.held_posts where id::text = $1) as state,
         (select count(*)::int from posts where id::text = $1) as posts,
         (select count(*)::int from notification_events where item_id::text = $1 and user_id = $2) as told,
         (select count(*)::int from audit_events where subject_id = $1) as lines`,
      [id, bob],
    )
    return rows[0]
  }
  return { ada, bob, mo, max, topic, write, judge, found }
}

test('fifty times two moderators decide about one held post at once: one decides, the other is told so', async () => {
  const { mo, max, write, judge, found } = await waiting('holding')
  for (let round = 0; round < 50; round += 1) {
    const id = await write()
    const both = await Promise.all([judge(mo, id, true), judge(max, id, round % 2 === 0)])
    expect(both.toSorted()).toEqual(['done', 'held_post_decided'])
    const { state, ...counts } = await found(id)
    expect(counts).toEqual({ posts: state === 'accepted' ? 1 : 0, told: 1, lines: 1 })
  }
})

test('fifty times its author takes it back while it is accepted: it is published, or it is gone', async () => {
  const { bob, mo, write, judge, found } = await waiting('withdrawing')
  for (let round = 0; round < 50; round += 1) {
    const id = await write()
    const both = await Promise.all([
      judge(mo, id, true),
      outcome(as(bob, 'select withdraw_held_post($1)::text as answer', [id])),
    ])
    expect(['done held_post_decided', 'not_found done']).toContain(both.join(' '))
    const { state, posts } = await found(id)
    expect({ state, posts }).toEqual(
      both[0] === 'done' ? { state: 'accepted', posts: 1 } : { state: null, posts: 0 },
    )
  }
})

test('fifty times one post is sent twice at once: it is held once', async () => {
  const { bob, topic, write } = await waiting('asking')
  for (let round = 0; round < 50; round += 1) {
    const id = crypto.randomUUID()
    await owner('delete from private.held_posts')
    expect(await Promise.all([outcome(write(id)), outcome(write(id))])).toEqual(['done', 'done'])
    const rows = await owner('select author_id, topic_id from private.held_posts')
    expect(rows).toEqual([{ author_id: bob, topic_id: topic }])
  }
})

test('fifty times the topic is closed while an answer to it is accepted: nobody waits for ever', async () => {
  const { mo, max, topic, write, judge, found } = await waiting('closing')
  for (let round = 0; round < 50; round += 1) {
    const id = await write()
    const [judged] = await Promise.all([
      judge(mo, id, true),
      outcome(as(max, 'select lock_topic($1) as answer', [topic])),
    ])
    expect(['done', 'topic_locked']).toContain(judged)
    expect(await found(id)).toMatchObject(
      judged === 'done' ? { state: 'accepted', posts: 1 } : { state: 'waiting', posts: 0 },
    )
    await owner('update topics set locked_at = null where id = $1', [topic])
    await owner('delete from private.held_posts')
  }
})
