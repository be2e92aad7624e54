import { answerPoints, votePoints } from '@p2p/contracts'
import { type Db, type Person, paragraphs, test } from '@p2p/database/testing'
import { describe, expect } from 'vitest'

const refusal = (status: number, code: string) => ({ code: `PT${status}`, detail: code })

const open = async (db: Db, by: Person, visibility = 'community'): Promise<string> => {
  await db.as(by)
  const [row] = await db.sql`
    select open_topic('quality', 'Porosity in castings', ${paragraphs('We see pores.')}, ${visibility}) as id`
  return row.id
}

const reply = async (db: Db, by: Person, topic: string, text = 'Check the vents.'): Promise<string> => {
  await db.as(by)
  return (await db.sql`select reply(${topic}, ${paragraphs(text)}) ->> 'id' as id`)[0].id
}

const openingOf = async (db: Db, topic: string): Promise<string> => {
  await db.asOwner()
  return (await db.sql`select id from posts where topic_id = ${topic} and number = 1`)[0].id
}

const vote = async (db: Db, by: Person, post: string, useful = true) => {
  await db.as(by)
  return (await db.sql`select vote(${post}, ${useful}) as answer`)[0].answer
}

const choose = async (db: Db, by: Person, topic: string, post: string | null) => {
  await db.as(by)
  return (await db.sql`select choose_best_answer(${topic}, ${post}) as topic`)[0].topic
}

const refuses = async (db: Db, act: () => Promise<unknown>, status: number, code: string) => {
  await db.sql`savepoint before`
  await expect(act()).rejects.toMatchObject(refusal(status, code))
  await db.sql`rollback to before`
}

const reputation = async (db: Db, person: Person) => {
  await db.asOwner()
  const [row] = await db.sql`select * from reputations where person_id = ${person.id}`
  return [row.score, row.votes_received, row.answers_given]
}

/** Reputation as it is kept must be what counting from scratch gives. */
const recounted = async (db: Db) => {
  await db.asOwner()
  const kept = await db.sql`select * from reputations order by person_id`
  await db.sql`update reputations set score = 99`
  await db.sql`select private.recount_reputation()`
  expect(await db.sql`select * from reputations order by person_id`).toEqual(kept)
}

describe('a vote', () => {
  test('is one a person and post, however often it is asked for, and can be taken back', async ({ db }) => {
    const [ada, bob, eve] = [await db.person('ada'), await db.person('bob'), await db.person('eve')]
    const topic = await open(db, ada)
    const post = await reply(db, bob, topic)
    expect(await vote(db, ada, post)).toEqual({ vote_count: 1, voted: true })
    expect(await vote(db, ada, post)).toEqual({ vote_count: 1, voted: true })
    expect(await vote(db, eve, post)).toEqual({ vote_count: 2, voted: true })
    expect(await vote(db, ada, post, false)).toEqual({ vote_count: 1, voted: false })
    expect(await vote(db, ada, post, false)).toEqual({ vote_count: 1, voted: false })
    await db.as(ada)
    expect(await db.sql`select card -> 'voted' as voted from private.post_cards where id = ${post}`).toEqual([
      { voted: false },
    ])
    await db.as(eve)
    expect(await db.sql`select card -> 'voted' as voted from private.post_cards where id = ${post}`).toEqual([
      { voted: true },
    ])
  })

  test('for the opening is one for the topic, which then moves people more', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada)
    const opening = await openingOf(db, topic)
    const state = async () => {
      await db.asOwner()
      return (
        await db.sql`
        select vote_count, trend = private.topic_trend(vote_count, reply_count, created_at) as true_trend, trend
        from topics where id = ${topic}`
      )[0]
    }
    await vote(db, bob, opening)
    await reply(db, ada, topic)
    const voted = await state()
    expect(voted).toMatchObject({ vote_count: 1, true_trend: true })
    await vote(db, bob, opening, false)
    const unvoted = await state()
    expect(unvoted).toMatchObject({ vote_count: 0, true_trend: true })
    expect(voted.trend).toBeGreaterThan(unvoted.trend)
  })

  test('is not for oneself, not for what is deleted, and not for what one may not read', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const abe = await db.colleague(ada, 'abe')
    const topic = await open(db, ada)
    const closed = await open(db, ada, 'organization')
    const hidden = await reply(db, ada, closed)
    const gone = await reply(db, bob, topic)
    await db.as(bob)
    await db.sql`select delete_post(${gone})`
    const opening = await openingOf(db, topic)
    await refuses(db, () => vote(db, ada, opening), 409, 'own_post')
    await refuses(db, () => vote(db, ada, gone), 404, 'not_found')
    await refuses(db, () => vote(db, bob, hidden), 404, 'not_found')
    await refuses(db, () => vote(db, bob, crypto.randomUUID()), 404, 'not_found')
    expect(await vote(db, abe, hidden)).toEqual({ vote_count: 1, voted: true })
    await db.as(bob)
    await refuses(db, () => db.sql`select vote(${opening}, null)`, 422, 'invalid_input')
    await db.asOwner()
    await db.sql`update topics set deleted_at = now() where id = ${topic}`
    await refuses(db, () => vote(db, bob, opening), 404, 'not_found')
  })

  test('is taken in a closed topic: people go on to read it', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada)
    const post = await reply(db, bob, topic)
    await db.asOwner()
    await db.sql`update topics set locked_at = now() where id = ${topic}`
    expect(await vote(db, ada, post)).toMatchObject({ vote_count: 1 })
  })

  test('goes with its voter, and the counts with it', async ({ db }) => {
    const [ada, bob, eve] = [await db.person('ada'), await db.person('bob'), await db.person('eve')]
    const topics = [await open(db, ada), await open(db, ada)]
    for (const topic of topics) {
      await vote(db, eve, await openingOf(db, topic))
      await vote(db, eve, await reply(db, bob, topic))
    }
    expect(await reputation(db, bob)).toEqual([2 * votePoints.reply, 2, 0])
    await db.sql`delete from auth.users where id = ${eve.id}`
    expect(await db.sql`select sum(vote_count)::int as votes from posts`).toEqual([{ votes: 0 }])
    expect(await db.sql`select sum(vote_count)::int as votes from topics`).toEqual([{ votes: 0 }])
    expect(await reputation(db, bob)).toEqual([0, 0, 0])
    await recounted(db)
  })

  test('is known to its voter alone, and written by the function alone', async ({ db }) => {
    const [ada, bob, eve] = [await db.person('ada'), await db.person('bob'), await db.person('eve')]
    const post = await reply(db, bob, await open(db, ada))
    await vote(db, ada, post)
    const seenBy = async (person: Person) => {
      await db.as(person)
      return (await db.sql`select * from votes`).length
    }
    expect([await seenBy(ada), await seenBy(bob), await seenBy(eve)]).toEqual([1, 0, 0])
    for (const statement of [
      `insert into votes (post_id, user_id) select id, auth.uid() from posts`,
      `delete from votes`,
      `update votes set created_at = now()`,
      `update posts set vote_count = 9`,
      `update reputations set score = 1000`,
    ]) {
      await db.sql`savepoint before`
      await expect(db.client.query(statement)).rejects.toThrow('permission denied')
      await db.sql`rollback to before`
    }
  })

  test('comes too often after thirty in a minute; one that changes nothing is not counted', async ({
    db,
  }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const post = await reply(db, bob, await open(db, ada))
    await db.asOwner()
    await db.sql`insert into private.rate_limits (bucket, subject, window_start, hits)
      values ('votes.day', ${ada.id}, date_bin('1 day', now(), '2020-01-01 00:00Z'), 299)`
    await vote(db, ada, post)
    for (let again = 0; again < 40; again += 1) await vote(db, ada, post)
    await db.sql`savepoint before`
    await expect(vote(db, ada, post, false)).rejects.toMatchObject({ code: 'PGRST' })
    await db.sql`rollback to before`
    expect(await vote(db, ada, post)).toEqual({ vote_count: 1, voted: true })
  })
})

describe('the best answer', () => {
  test('is chosen, changed and taken back by whoever asked', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada)
    const [one, two] = [await reply(db, bob, topic, 'One'), await reply(db, bob, topic, 'Two')]
    expect((await choose(db, ada, topic, one)).answer_id).toBe(one)
    expect((await choose(db, ada, topic, one)).answer_id).toBe(one)
    expect((await choose(db, ada, topic, two)).answer_id).toBe(two)
    expect(await reputation(db, bob)).toEqual([answerPoints, 0, 1])
    expect((await choose(db, ada, topic, null)).answer_id).toBe(null)
    expect(await reputation(db, bob)).toEqual([0, 0, 0])
  })

  test('is not for anybody else to choose: not a colleague, an admin, a moderator', async ({ db }) => {
    const ada = await db.person('ada')
    const abe = await db.colleague(ada, 'abe')
    const [bob, mo] = [await db.person('bob'), await db.person('mo')]
    await db.sql`insert into platform_roles (user_id, role) values (${mo.id}, 'moderator')`
    const topic = await open(db, abe)
    const post = await reply(db, bob, topic)
    for (const other of [ada, bob, mo])
      await refuses(db, () => choose(db, other, topic, post), 403, 'not_allowed')
    const inside = await open(db, abe, 'organization')
    await refuses(db, () => choose(db, bob, inside, null), 404, 'not_found')
  })

  test('is a living reply of this very topic', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const [topic, other] = [await open(db, ada), await open(db, ada)]
    const [elsewhere, gone] = [await reply(db, bob, other), await reply(db, bob, topic)]
    await db.as(bob)
    await db.sql`select delete_post(${gone})`
    for (const post of [elsewhere, gone, await openingOf(db, topic), crypto.randomUUID()])
      await refuses(db, () => choose(db, ada, topic, post), 422, 'answer_invalid')
    // Whoever goes past the function meets the key.
    await db.asOwner()
    await db.sql`savepoint before`
    await db.sql`set constraints all immediate`
    await expect(db.sql`update topics set answer_id = ${elsewhere} where id = ${topic}`).rejects.toThrow(
      'answers_are_of_the_topic',
    )
    await db.sql`rollback to before`
  })

  test('is none once it is deleted, by whatever way', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada)
    const answerNow = async () => {
      await db.asOwner()
      return (await db.sql`select answer_id from topics where id = ${topic}`)[0].answer_id
    }
    const first = await reply(db, bob, topic)
    await vote(db, ada, first)
    await choose(db, ada, topic, first)
    await db.as(bob)
    await db.sql`select delete_post(${first})`
    expect(await answerNow()).toBe(null)
    expect(await reputation(db, bob)).toEqual([0, 0, 0])

    const second = await reply(db, bob, topic)
    await choose(db, ada, topic, second)
    await db.asOwner()
    await db.sql`delete from posts where id = ${second}`
    expect(await answerNow()).toBe(null)
    expect(await reputation(db, bob)).toEqual([0, 0, 0])
  })

  test('stays as it is in a closed topic', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada)
    const post = await reply(db, bob, topic)
    await db.asOwner()
    await db.sql`update topics set locked_at = now() where id = ${topic}`
    await refuses(db, () => choose(db, ada, topic, post), 409, 'topic_locked')
  })
})

describe('reputation', () => {
  test('is worth what the contracts say', async ({ db }) => {
    await db.asOwner()
    const [points] = await db.sql`
      select private.vote_points(1) as topic, private.vote_points(2) as reply, private.answer_points() as answer`
    expect(points).toEqual({ ...votePoints, answer: answerPoints })
  })

  test('comes from what others find useful, and is read by everybody here', async ({ db }) => {
    const [ada, bob, eve] = [await db.person('ada'), await db.person('bob'), await db.person('eve')]
    const topic = await open(db, ada)
    const post = await reply(db, bob, topic)
    await vote(db, eve, await openingOf(db, topic))
    await vote(db, eve, post)
    await vote(db, ada, post)
    await choose(db, ada, topic, post)
    expect(await reputation(db, ada)).toEqual([1, 1, 0])
    expect(await reputation(db, bob)).toEqual([2 * 2 + 15, 2, 1])
    await db.as(eve)
    expect(await db.sql`select score from reputations where person_id = ${bob.id}`).toEqual([{ score: 19 }])
    expect(
      await db.sql`select card -> 'author_reputation' as score from private.post_cards where id = ${post}`,
    ).toEqual([{ score: 19 }])
    await recounted(db)
  })

  test('does not come from one’s own answer, nor from what colleagues say among themselves', async ({
    db,
  }) => {
    const ada = await db.person('ada')
    const abe = await db.colleague(ada, 'abe')
    const topic = await open(db, ada)
    await choose(db, ada, topic, await reply(db, ada, topic))
    expect(await reputation(db, ada)).toEqual([0, 0, 0])
    const inside = await open(db, ada, 'organization')
    const post = await reply(db, abe, inside)
    await vote(db, ada, post)
    await choose(db, ada, inside, post)
    expect(await reputation(db, abe)).toEqual([0, 0, 0])
    await recounted(db)
  })

  test('follows a topic that is deleted, restored, opened to others, or gone for good', async ({ db }) => {
    const [ada, bob, eve] = [await db.person('ada'), await db.person('bob'), await db.person('eve')]
    const topic = await open(db, ada)
    const post = await reply(db, bob, topic)
    await vote(db, eve, post)
    await vote(db, eve, await openingOf(db, topic))
    await choose(db, ada, topic, post)
    const both = async () => [(await reputation(db, ada))[0], (await reputation(db, bob))[0]]
    const steps: [string, number[]][] = [
      [`deleted_at = now()`, [0, 0]],
      [`deleted_at = null`, [1, 17]],
      [`visibility = 'organization'`, [0, 0]],
      [`visibility = 'community'`, [1, 17]],
    ]
    for (const [change, expected] of steps) {
      await db.asOwner()
      await db.client.query(`update topics set ${change} where id = $1`, [topic])
      expect([change, await both()]).toEqual([change, expected])
      await recounted(db)
    }
    await db.sql`delete from topics where id = ${topic}`
    expect(await both()).toEqual([0, 0])
    await recounted(db)
  })

  test('goes with its person, and what they judged with it', async ({ db }) => {
    const [ada, bob, eve] = [await db.person('ada'), await db.person('bob'), await db.person('eve')]
    const topic = await open(db, ada)
    const post = await reply(db, bob, topic)
    await vote(db, eve, post)
    await choose(db, ada, topic, post)
    await db.asOwner()
    await db.sql`delete from auth.users where id = ${ada.id}`
    // Her choice stands: it was made, and the answer helps whoever reads it.
    expect(await reputation(db, bob)).toEqual([17, 1, 1])
    await db.sql`delete from auth.users where id = ${bob.id}`
    expect(await db.sql`select * from reputations where person_id in (${ada.id}, ${bob.id})`).toEqual([])
    await recounted(db)
  })
})

describe('what a topic may be answered by', () => {
  const liked = async (db: Db, topic: string, by: Person, voters: Person[]) => {
    const post = await reply(db, by, topic)
    for (const voter of voters) await vote(db, voter, post)
    return post
  }

  test('is shown to its author while there is no answer', async ({ db }) => {
    const [ada, bob, eve] = [await db.person('ada'), await db.person('bob'), await db.person('eve')]
    const abe = await db.colleague(ada, 'abe')
    const topic = await open(db, ada)
    await liked(db, topic, bob, [eve])
    const two = await liked(db, topic, bob, [ada, eve])
    const three = await liked(db, topic, bob, [ada, eve, abe])
    await liked(db, topic, ada, [bob, eve, abe])
    const likely = async (by: Person) => {
      await db.as(by)
      const [row] = await db.sql`select likely_answers(${topic}) as posts`
      return row.posts.map((post: { id: string }) => post.id)
    }
    expect(await likely(ada)).toEqual([three, two])
    expect(await likely(bob)).toEqual([])
    await choose(db, ada, topic, two)
    expect(await likely(ada)).toEqual([])
    const inside = await open(db, ada, 'organization')
    await db.as(bob)
    await refuses(db, () => db.sql`select likely_answers(${inside})`, 404, 'not_found')
  })

  test('is asked of its author after three days, once, one topic a day', async ({ db }) => {
    const [ada, bob, eve] = [await db.person('ada'), await db.person('bob'), await db.person('eve')]
    const [old, older, young] = [await open(db, ada), await open(db, ada), await open(db, ada)]
    const [locked, unsure] = [await open(db, ada), await open(db, ada)]
    for (const topic of [old, older, young, locked]) await liked(db, topic, bob, [ada, eve])
    await liked(db, unsure, bob, [eve])
    await db.asOwner()
    await db.sql`update topics set created_at = now() - interval '4 days' where id <> ${young}`
    await db.sql`update topics set created_at = now() - interval '5 days' where id = ${older}`
    await db.sql`update topics set locked_at = now() where id = ${locked}`
    const asked = async () =>
      (
        await db.sql`
          select topic_id from notifications where user_id = ${ada.id} and kind = 'nudge' order by created_at`
      ).map(({ topic_id }) => topic_id)
    for (const [nudged, told] of [
      [1, [older]],
      [1, [older, old]],
      [0, [older, old]],
    ]) {
      expect(await db.sql`select private.nudge_authors() as nudged`).toEqual([{ nudged }])
      expect(await asked()).toEqual(told)
    }
  })

  test('is a notice that leads to the most useful reply, and not for whoever muted the topic', async ({
    db,
  }) => {
    const [ada, bob, eve] = [await db.person('ada'), await db.person('bob'), await db.person('eve')]
    const abe = await db.colleague(ada, 'abe')
    const [topic, muted] = [await open(db, ada, 'organization'), await open(db, abe)]
    const two = await liked(db, topic, abe, [ada])
    await liked(db, muted, bob, [ada, eve])
    await db.as(abe)
    await db.sql`select follow_topic(${muted}, 'muted')`
    await db.asOwner()
    await db.sql`update posts set vote_count = 2 where id = ${two}`
    await db.sql`update topics set created_at = now() - interval '4 days'`
    expect(await db.sql`select private.nudge_authors() as nudged`).toEqual([{ nudged: 1 }])
    await db.as(ada)
    const [row] = await db.sql`select list_notifications() as list`
    const nudge = row.list.notifications.find(({ kind }: { kind: string }) => kind === 'nudge')
    expect(nudge).toMatchObject({
      count: 1,
      actors: [{ id: abe.id }],
      topic: { id: topic },
      post: { id: two },
    })
  })

  test('is asked no longer once the topic has its answer, is closed, or the reply is gone', async ({
    db,
  }) => {
    const [ada, bob, eve] = [await db.person('ada'), await db.person('bob'), await db.person('eve')]
    const waits = async () => {
      await db.asOwner()
      const rows = await db.sql`
        select topic_id from notifications where user_id = ${ada.id} and kind = 'nudge' and read_at is null`
      return rows.map(({ topic_id }) => topic_id)
    }
    for (const settle of [
      (topic: string, post: string) => db.sql`update topics set answer_id = ${post} where id = ${topic}`,
      (topic: string) => db.sql`update topics set locked_at = now() where id = ${topic}`,
      (_: string, post: string) =>
        db.sql`update posts set deleted_at = now(), body = null where id = ${post}`,
    ]) {
      const topic = await open(db, ada)
      const post = await liked(db, topic, bob, [ada, eve])
      await db.asOwner()
      await db.sql`update topics set created_at = now() - interval '4 days' where id = ${topic}`
      await db.sql`select private.nudge_authors()`
      expect(await waits()).toEqual([topic])
      await settle(topic, post)
      expect(await waits()).toEqual([])
    }
  })
})
