import { type Db, type Person, paragraphs } from '@p2p/database/testing'
import { expect } from 'vitest'

/** What a refusal by this status and code looks like to whoever is refused. */
export const refusal = (status: number, code: string) => ({ code: `PT${status}`, detail: code })

/** Why a moderator decided as they did. */
export const note = 'It names people who were never asked.'

/** Calls a function of the API as this person, by the names of its arguments. */
export const call = async (db: Db, by: Person, name: string, args: object = {}) => {
  await db.as(by)
  await db.sql`select set_config('response.status', '', true)`
  const list = Object.keys(args).map((arg, place) => `${arg} => $${place + 1}`)
  const { rows } = await db.client.query(`select ${name}(${list.join(', ')}) as answer`, Object.values(args))
  return rows[0].answer
}

/** Refused with this, and nothing done. */
export const refused = async (
  db: Db,
  by: Person,
  name: string,
  args: object,
  [status, code]: [number, string],
) => {
  await db.sql`savepoint before`
  await expect(call(db, by, name, args)).rejects.toMatchObject(refusal(status, code))
  await db.sql`rollback to before`
}

/** Somebody who looks after the place, as a moderator or as a platform admin. */
export async function moderator(db: Db, name: string, role = 'moderator') {
  const someone = await db.person(name)
  await db.sql`insert into platform_roles (user_id, role) values (${someone.id}, ${role})`
  return someone
}

/**
 * Ada's topic with one answer: of Bob's or, where the topic is for her company alone, of her colleague Abe's. Two
 * moderators look after the place.
 */
export async function scene(db: Db, visibility = 'community') {
  const [ada, bob, mo, max] = [
    await db.person('ada'),
    await db.person('bob'),
    await moderator(db, 'mo'),
    await moderator(db, 'max'),
  ]
  const topic: string = await call(db, ada, 'open_topic', {
    category: 'quality',
    title: 'Porosity',
    body: paragraphs('We see pores.'),
    visibility,
  })
  const abe = await db.colleague(ada, 'abe')
  const writer = visibility === 'community' ? bob : abe
  const { id: post } = await call(db, writer, 'reply', { topic, body: paragraphs('Buy my zebrawords') })
  const report = (by: Person, reason = 'spam') => call(db, by, 'report_post', { post, reason })
  const open = async () => (await call(db, mo, 'list_cases')).cases[0]?.id as string
  const decide = async (by: Person, id: string, decision: string, more = {}) => {
    const { revision } = await call(db, by, 'moderation_case', { id })
    return call(db, by, 'decide_case', {
      id,
      decision,
      expected: revision,
      ...(decision !== 'keep' && { note }),
      ...more,
    })
  }
  const review = async (by: Person, id: string, outcome: string) => {
    const { revision } = await call(db, by, 'moderation_case', { id })
    return call(db, by, 'review_case', { id, outcome, note, expected: revision })
  }
  const page = async (by: Person) => {
    const read = await call(db, by, 'topic_page', { topic })
    return {
      topic: read.topic,
      posts: [read.opening, ...read.branches.map((branch: { post: object }) => branch.post)],
    }
  }
  return { ada, abe, bob, mo, max, topic, post, report, open, decide, review, page }
}

/** A moment thirty days from now, as decisions take it. */
export const inAMonth = () => new Date(Date.now() + 30 * 86_400_000).toISOString()
