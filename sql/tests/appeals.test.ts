import { moderationLimits } from '@p2p/contracts'
import { paragraphs, test } from '@p2p/database/testing'
import { describe, expect } from 'vitest'
import { call, inAMonth, note, refusal, refused, scene } from './moderating.ts'

const { appealMax } = moderationLimits

describe('appealing', () => {
  test('once, by the author; another moderator answers, and overturning brings the post back', async ({
    db,
  }) => {
    const { ada, bob, mo, max, topic, post, report, open, decide, review, page } = await scene(db)
    await report(ada)
    const id = await open()
    await decide(mo, id, 'suspend', { until: inAMonth() })
    const text = 'I was quoting a customer.'
    await refused(db, ada, 'appeal', { id, text }, [404, 'not_found'])
    await refused(db, bob, 'appeal', { id, text: 'x'.repeat(appealMax + 1) }, [422, 'appeal_invalid'])
    await call(db, bob, 'appeal', { id, text })
    await refused(db, bob, 'appeal', { id, text }, [409, 'appeal_made'])
    expect((await call(db, max, 'list_cases', { state: 'appealed' })).cases).toMatchObject([{ id }])
    await db.sql`savepoint before`
    await expect(review(mo, id, 'upheld')).rejects.toMatchObject(refusal(403, 'another_moderator'))
    await db.sql`rollback to before`
    await review(max, id, 'overturned')
    expect((await page(ada)).posts[1]).toMatchObject({
      id: post,
      hidden_at: null,
      body: paragraphs('Buy my zebrawords'),
    })
    expect((await page(ada)).topic).toMatchObject({ reply_count: 1 })
    await call(db, bob, 'reply', { topic, body: paragraphs('Thank you') })
    expect((await call(db, max, 'list_cases', { state: 'decided' })).cases).toMatchObject([
      { outcome: 'overturned' },
    ])
  })

  test('upheld, all stays; a moderator may take their own decision back where nobody appealed', async ({
    db,
  }) => {
    const { ada, bob, mo, max, report, open, decide, review, page } = await scene(db)
    await report(ada)
    const id = await open()
    await decide(mo, id, 'hide')
    await call(db, bob, 'appeal', { id, text: 'This was no advertisement.' })
    await review(max, id, 'upheld')
    expect((await page(ada)).posts[1]).toMatchObject({ body: null })
    await db.sql`savepoint before`
    await expect(review(max, id, 'overturned')).rejects.toMatchObject(refusal(409, 'case_decided'))
    await db.sql`rollback to before`
    const other = await call(db, bob, 'reply', {
      topic: (await page(ada)).topic.id,
      body: paragraphs('More'),
    })
    await call(db, ada, 'report_post', { post: other.id, reason: 'spam' })
    const second = await open()
    await decide(mo, second, 'delete')
    expect((await page(ada)).posts.map(({ id }) => id)).not.toContain(other.id)
    await review(mo, second, 'overturned')
    expect((await page(ada)).posts.map(({ id }) => id)).toContain(other.id)
  })
})

describe('a whole topic that a moderator deletes', () => {
  test('is a decision: its author is told, though the topic is out of sight, and appeals', async ({ db }) => {
    const { ada, bob, mo, max, topic, page } = await scene(db)
    await db.asOwner()
    const [opening] = await db.sql`select id from posts where topic_id = ${topic} and number = 1`
    await call(db, bob, 'report_post', { post: opening.id, reason: 'confidential' })
    await call(db, mo, 'delete_topic', { topic, reason: note })
    // The report is answered by it.
    expect((await call(db, max, 'list_cases')).cases).toEqual([])
    await db.as(bob)
    expect(await db.sql`select closed_at is not null as closed from reports`).toEqual([{ closed: true }])

    const [judged] = (await call(db, ada, 'my_standing')).decisions
    expect(judged).toMatchObject({
      decision: 'delete',
      state: 'decided',
      note,
      topic: { id: topic, title: 'Porosity', deleted_at: expect.any(String) },
      body: paragraphs('We see pores.'),
    })
    expect(await call(db, ada, 'list_notifications')).toMatchObject({
      notifications: [
        { kind: 'moderation', case_id: judged.id, note, actors: [], topic: { id: topic, title: 'Porosity' } },
      ],
      unread: 1,
    })
    await db.asOwner()
    const mails = await db.sql`
      select private.notification_mail(id) -> 'notices' as notices from private.notification_mails where user_id = ${ada.id}`
    expect(mails.filter(({ notices }) => notices)).toMatchObject([
      { notices: [{ kind: 'moderation', verdict: 'case', excerpt: note, title: 'Porosity' }] },
    ])

    await call(db, ada, 'appeal', { id: judged.id, text: 'It is my own company’s figure.' })
    const { revision: expected } = await call(db, max, 'moderation_case', { id: judged.id })
    await call(db, max, 'review_case', { id: judged.id, outcome: 'overturned', note, expected })
    expect((await page(bob)).topic).toMatchObject({ reply_count: 1 })
    expect((await call(db, ada, 'my_standing')).decisions).toMatchObject([
      { state: 'closed', outcome: 'overturned', topic: { deleted_at: null } },
    ])
  })

  test('and restores is a decision taken back', async ({ db }) => {
    const { ada, mo, max, topic } = await scene(db)
    await call(db, mo, 'delete_topic', { topic, reason: note })
    await call(db, max, 'restore_topic', { topic })
    expect((await call(db, ada, 'my_standing')).decisions).toMatchObject([
      { decision: 'delete', state: 'closed', outcome: 'overturned', review_note: null },
    ])
    const [{ id }] = (await call(db, ada, 'my_standing')).decisions
    await refused(db, ada, 'appeal', { id, text: 'It is not needed any more.' }, [409, 'appeal_made'])
    // A second time is a second decision.
    await call(db, mo, 'delete_topic', { topic, reason: note })
    expect((await call(db, ada, 'my_standing')).decisions).toHaveLength(2)
  })

  test('by a case is one decision and one notice; by its author it is none', async ({ db }) => {
    const { ada, bob, mo, topic, decide } = await scene(db)
    await db.asOwner()
    const [opening] = await db.sql`select id from posts where topic_id = ${topic} and number = 1`
    await call(db, bob, 'report_post', { post: opening.id, reason: 'spam' })
    const id = (await call(db, mo, 'list_cases')).cases[0].id
    await decide(mo, id, 'delete')
    expect((await call(db, ada, 'my_standing')).decisions).toMatchObject([{ id, state: 'decided' }])
    await db.asOwner()
    expect(
      await db.sql`select count(*)::int as events from notification_events where user_id = ${ada.id} and item_id = ${id}`,
    ).toEqual([{ events: 1 }])
    const own = await call(db, bob, 'open_topic', {
      category: 'quality',
      title: 'Mine',
      body: paragraphs('x'),
    })
    await call(db, bob, 'delete_topic', { topic: own })
    expect((await call(db, bob, 'my_standing')).decisions).toEqual([])
    expect((await call(db, bob, 'list_notifications')).notifications).toEqual([])
  })
})
