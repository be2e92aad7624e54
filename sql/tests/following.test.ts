import { type Db, type Person, paragraphs, test } from '@p2p/database/testing'
import { describe, expect } from 'vitest'

const open = async (db: Db, by: Person, more: { visibility?: string; category?: string } = {}) => {
  await db.as(by)
  const [row] = await db.sql<{ id: string }>`
    select open_topic(${more.category ?? 'quality'}, 'A topic to follow', ${paragraphs('Hello.')},
      ${more.visibility ?? 'community'}) as id`
  return row!.id
}

const answer = async (db: Db, by: Person, topic: string) => {
  await db.as(by)
  await db.sql`select reply(${topic}, ${paragraphs('An answer.')})`
}

const standing = async (db: Db, by: Person, topic: string) => {
  await db.as(by)
  const [row] = await db.sql<{ level: string | null; read_number: number }>`
    select level, read_number from topic_readers where topic_id = ${topic}`
  return row ? [row.level, row.read_number] : null
}

const refusal = (status: number, code: string) => ({ code: `PT${status}`, detail: code })

describe('a topic one writes in', () => {
  test('who opens it watches it, who answers follows it, and nobody else', async ({ db }) => {
    const [ada, bob, eve] = [await db.person('ada'), await db.person('bob'), await db.person('eve')]
    const topic = await open(db, ada)
    await answer(db, bob, topic)
    expect(await standing(db, ada, topic)).toEqual(['watching', 1])
    expect(await standing(db, bob, topic)).toEqual(['following', 2])
    expect(await standing(db, eve, topic)).toBe(null)
  })

  test.for(['muted', 'watching', null])('what one chose stays when one writes: %s', async (level, { db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada)
    await db.as(bob)
    await db.sql`select follow_topic(${topic}, ${level})`
    await answer(db, bob, topic)
    expect((await standing(db, bob, topic))?.[0]).toBe(level)
  })

  test('an own answer is read; what came between is not', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada)
    await answer(db, ada, topic)
    expect(await standing(db, ada, topic)).toEqual(['watching', 2])
    await answer(db, bob, topic)
    await answer(db, ada, topic)
    expect(await standing(db, ada, topic)).toEqual(['watching', 2])
  })
})

describe('reading', () => {
  test('goes forward only, and not beyond the newest post', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada)
    for (let number = 2; number <= 5; number += 1) await answer(db, ada, topic)
    await db.as(bob)
    for (const [number, read] of [
      [2, 2],
      [1, 2],
      [4, 4],
      [4, 4],
      [99, 5],
    ]) {
      await db.sql`select mark_read(${topic}, ${number})`
      expect(await standing(db, bob, topic)).toEqual([null, read])
    }
    await expect(db.sql`select mark_read(${topic}, 0)`).rejects.toMatchObject(refusal(422, 'invalid_input'))
  })

  test('a reply that is gone before it was seen is not unread, and the one after it is', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada)
    const unread = async () => {
      await db.as(ada)
      const [counted] = await db.sql<{ unread: number }>`select (unread_count() ->> 'unread')::int as unread`
      const [card] = await db.sql<{ last: number }>`
        select (list_topics() #>> '{topics,0,last_number}')::int as last`
      return [counted?.unread, card?.last]
    }
    await answer(db, bob, topic)
    expect(await unread()).toEqual([1, 2])
    await db.as(bob)
    await db.sql`select delete_post(id) from posts where topic_id = ${topic} and number = 2`
    expect(await unread()).toEqual([0, 1])
    await answer(db, bob, topic)
    expect(await unread()).toEqual([1, 3])
  })

  test('all is read at once, in a category or everywhere', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topics = [await open(db, ada), await open(db, ada), await open(db, ada, { category: 'energy' })]
    await db.as(bob)
    await db.sql`select mark_read(${topics[0]}, 1), follow_topic(${topics[0]}, 'watching')`
    await answer(db, ada, topics[0]!)
    const left = async () => {
      await db.as(bob)
      return (await db.sql`select unread_count() as count`)[0].count
    }
    expect(await left()).toEqual({ unread: 1, new: 2 })
    expect(await db.sql`select mark_all_read('quality') as marked`).toEqual([{ marked: 2 }])
    expect(await left()).toEqual({ unread: 0, new: 1 })
    expect(await db.sql`select mark_all_read() as marked`).toEqual([{ marked: 1 }])
    expect(await db.sql`select mark_all_read() as marked`).toEqual([{ marked: 0 }])
    expect(await left()).toEqual({ unread: 0, new: 0 })
    expect(await standing(db, bob, topics[0]!)).toEqual(['watching', 2])
    await expect(db.sql`select mark_all_read('nowhere')`).rejects.toMatchObject(refusal(404, 'not_found'))
  })
})

describe('a stranger', () => {
  test("follows and reads nothing of another company's", async ({ db }) => {
    const [ada, eve] = [await db.person('ada'), await db.person('eve')]
    const topic = await open(db, ada, { visibility: 'organization' })
    await db.as(eve)
    await db.sql`savepoint before`
    await expect(db.sql`select follow_topic(${topic}, 'watching')`).rejects.toMatchObject(
      refusal(404, 'not_found'),
    )
    await db.sql`rollback to savepoint before`
    await expect(db.sql`select mark_read(${topic}, 1)`).rejects.toMatchObject(refusal(404, 'not_found'))
    await db.sql`rollback to savepoint before`
    expect(await db.sql`select mark_all_read() as marked`).toEqual([{ marked: 0 }])
    expect(await standing(db, eve, topic)).toBe(null)
  })

  test("sees nobody's reading but their own, and writes none", async ({ db }) => {
    const [ada, eve] = [await db.person('ada'), await db.person('eve')]
    const topic = await open(db, ada)
    await db.as(eve)
    expect(await db.sql`select * from topic_readers`).toEqual([])
    await expect(
      db.sql`insert into topic_readers (user_id, topic_id) values (${eve.id}, ${topic})`,
    ).rejects.toMatchObject({ code: '42501' })
  })
})
