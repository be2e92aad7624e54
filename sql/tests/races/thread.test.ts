import { paragraphs } from '@p2p/database/testing'
import type pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { racing } from './racing.ts'

const { owner, signUp, connection } = racing()
const clients: pg.PoolClient[] = []
afterAll(() => {
  for (const client of clients) client.release(true)
})

/** A connection that speaks as this person, one transaction a statement unless it begins one. */
async function speaker(person: string): Promise<pg.PoolClient> {
  const client = await connection()
  clients.push(client)
  const claims = JSON.stringify({ sub: person, session_id: person, role: 'authenticated' })
  await client.query(`select set_config('request.jwt.claims', $1, false)`, [claims])
  await client.query('set role authenticated')
  return client
}

type Card = { id: string; number: number; revision: number; deleted_at: string | null }
type News = { posts: Card[]; mark: number; next: string | null }

test('a reader who catches up while others write, edit and delete misses nothing in sixty rounds', async () => {
  const ada = await signUp('ada@catching-up.example')
  const [reader, ...writers] = await Promise.all(Array.from({ length: 4 }, () => speaker(ada)))
  if (!reader) throw new Error('Nobody reads.')
  const ask = async <T>(client: pg.ClientBase, statement: string, values: unknown[]): Promise<T> =>
    (await client.query(statement, values)).rows[0].answer
  const topic = await ask<string>(
    reader,
    `select open_topic(category => 'quality', title => 'A race', body => $1) as answer`,
    [paragraphs('Ready')],
  )
  const mine: Card[] = []
  let mark = (await ask<News>(reader, 'select topic_page($1) as answer', [topic])).mark
  const known = new Map<string, Card>()

  const catchUp = async () => {
    let after: string | null = null
    let next: number | null = null
    do {
      const news: News = await ask(reader, 'select posts_since($1, $2, $3, 5) as answer', [
        topic,
        mark,
        after,
      ])
      next ??= news.mark
      for (const post of news.posts) known.set(post.id, post)
      after = news.next
    } while (after)
    mark = next
  }

  const write = async (writer: pg.ClientBase, round: number, place: number) => {
    await writer.query('begin')
    const one = mine[(round * 7 + place * 3) % Math.max(mine.length, 1)]
    // Another transaction is older than its first change: the reader's mark must not pass it by.
    await writer.query('select pg_current_xact_id()')
    if (!one || place === 0) {
      mine.push(await ask<Card>(writer, 'select reply($1, $2) as answer', [topic, paragraphs(`${round}`)]))
    } else if (place === 1) {
      await ask(writer, 'select edit_post($1, $2) as answer', [
        one.id,
        paragraphs(`${round} ${place}`),
      ]).catch(() => {})
    } else if (round % 5 === 0) {
      await ask(writer, 'select delete_post($1) as answer', [one.id]).catch(() => {})
    }
    await writer.query(round % 9 === 8 ? 'rollback' : 'commit')
  }

  for (let round = 0; round < 60; round += 1) {
    // Nobody writes that fast.
    await owner('delete from private.rate_limits')
    await Promise.all([catchUp(), ...writers.map((writer, place) => write(writer, round, place))])
  }
  await catchUp()

  const truth: Card[] = await owner(
    'select id, number, revision, deleted_at from posts where topic_id = $1 and number > 1',
    [topic],
  )
  const brief = (cards: Iterable<Card>) =>
    [...cards]
      .filter((card) => card.number > 1)
      .map((card) => [card.number, card.revision, card.deleted_at !== null])
      .toSorted(([a], [b]) => Number(a) - Number(b))
  expect(truth.length).toBeGreaterThan(40)
  expect(brief(known.values())).toEqual(brief(truth))
})
