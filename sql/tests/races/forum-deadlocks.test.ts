import { paragraphs } from '@p2p/database/testing'
import { beforeAll, expect, test } from 'vitest'
import { racing } from './racing.ts'

/*
 * Acts that touch what many have in common — what companies are counted by, what people are worth — at once, each in a
 * transaction of its own. Whoever locks them in another order than the others is found here.
 */

const { owner, signUp, companyOf, as } = racing()

let ada: string
let bob: string
let abe: string
let amy: string
let mo: string
let max: string
beforeAll(async () => {
  ada = await signUp('ada@lock-0.example')
  bob = await signUp('bob@lock-1.example')
  abe = await signUp('abe@lock-2.example')
  amy = await signUp('amy@lock-3.example')
  mo = await signUp('mo@lock-4.example', { role: 'moderator' })
  max = await signUp('max@lock-5.example', { role: 'moderator' })
})

const open = (by: string, category = 'quality') =>
  as<string>(by, `select open_topic($1, 'A race', $2) as answer`, [category, paragraphs('Ready')])
const reply = (by: string, topic: string) =>
  as<string>(by, `select reply($1, $2) ->> 'id' as answer`, [topic, paragraphs('Set')])
const choose = (by: string, topic: string, post: string) =>
  as(by, 'select choose_best_answer($1, $2) as answer', [topic, post])
const takeBack = (by: string, post: string) => as(by, 'select delete_post($1)::text as answer', [post])
const remove = (by: string, topic: string) =>
  as(by, `select delete_topic($1, 'Off topic here') as answer`, [topic])
const unlimited = () => owner('delete from private.rate_limits')

const rounds = 60

test('best answers are taken back while topics with answers of the same people are deleted', {
  timeout: 300_000,
}, async () => {
  for (let round = 0; round < rounds; round += 1) {
    await unlimited()
    const answered = async (by: string) => {
      const topic = await open(ada)
      const answer = await reply(by, topic)
      await choose(ada, topic, answer)
      return { topic, answer }
    }
    const [first, second, third, fourth] = await Promise.all([
      answered(bob),
      answered(bob),
      answered(abe),
      answered(abe),
    ])
    await Promise.all([
      takeBack(bob, first.answer),
      takeBack(abe, third.answer),
      remove(mo, second.topic),
      remove(max, fourth.topic),
    ])
  }
})

test('topics whose opening is hidden are deleted, in which companies wrote that own the other', {
  timeout: 300_000,
}, async () => {
  for (let round = 0; round < rounds; round += 1) {
    await unlimited()
    // In two categories: one that both are counted in would let them delete only one after the other.
    const [adas, bobs] = [await open(ada), await open(bob, 'energy')]
    await reply(bob, adas)
    await reply(ada, bobs)
    await owner(
      `update posts set body = null, deleted_at = now(), hidden_at = now() where topic_id = any ($1) and number = 1`,
      [[adas, bobs]],
    )
    await Promise.all([remove(mo, adas), remove(max, bobs)])
  }
})

test('an opening is taken back while a colleague opens a topic in the same category', {
  timeout: 300_000,
}, async () => {
  await owner('update memberships set organization_id = $2 where user_id = $1', [amy, await companyOf(ada)])
  for (let round = 0; round < rounds; round += 1) {
    await unlimited()
    const [{ id }] = await owner('select id from posts where topic_id = $1', [await open(ada)])
    await Promise.all([takeBack(ada, id), open(amy)])
  }
})

test('somebody opens topics and answers while their company does, marks all read on two devices, and a tag is renamed', {
  timeout: 300_000,
}, async () => {
  await owner(`insert into tags (slug, name_en, name_ar) values ('pumps', 'Pumps', 'مضخات')`)
  const pat = await signUp('pat@lock-6.example', { role: 'admin', aal: 'aal2' })
  const topics = [await open(bob), await open(bob)]
  const tagged = () =>
    as<string>(ada, `select open_topic('energy', 'A race', $1, tags => '{pumps}') as answer`, [
      paragraphs('Ready'),
    ])
  for (let round = 0; round < rounds; round += 1) {
    await unlimited()
    await Promise.all(topics.map((topic) => reply(abe, topic)))
    await Promise.all([
      tagged(),
      tagged(),
      reply(ada, topics[0] ?? ''),
      open(ada),
      as(bob, 'select mark_all_read() as answer'),
      as(bob, 'select mark_notifications_read()::text as answer'),
      as(pat, `select save_tag('pumps', $1, (select revision from tags where slug = 'pumps')) as answer`, [
        { name_en: `Pumps ${round}` },
      ]),
    ])
  }
})

test('companies count what is left', async () => {
  const companies = await owner(
    `select counts -> 'topics' as topics, counts -> 'posts' as posts,
       (select count(*)::int from topics where topics.organization_id = organization_statistics.organization_id and deleted_at is null) as topics_left,
       (select count(*)::int from posts where author_organization_id = organization_statistics.organization_id
          and deleted_at is null and topic_deleted_at is null) as posts_left
     from organization_statistics`,
  )
  for (const { topics, posts, topics_left, posts_left } of companies) {
    expect([topics ?? 0, posts ?? 0]).toEqual([topics_left, posts_left])
  }
})
