import {
  caseDecisions,
  caseStates,
  moderationLimits,
  reportReasons,
  reviewOutcomes,
  watchActions,
  watchKinds,
} from '@p2p/contracts'
import { paragraphs, test } from '@p2p/database/testing'
import { describe, expect } from 'vitest'
import { call, inAMonth, moderator, note, refusal, refused, scene } from './moderating.ts'

const { reportNoteMax, appealMin, appealMax, noteMin, noteMax } = moderationLimits

describe('reporting', () => {
  test('two people report a post: one case, and nobody is told who they were', async ({ db }) => {
    const { ada, abe, bob, mo, post, report, open } = await scene(db)
    const first = await report(ada)
    expect(await report(ada)).toBe(first)
    await call(db, abe, 'report_post', { post, reason: 'other', note: ' It is rude. ' })
    const { cases } = await call(db, mo, 'list_cases')
    expect(cases).toMatchObject([{ state: 'open', reasons: { spam: 1, other: 1 }, author: { id: bob.id } }])
    const shown = await call(db, mo, 'moderation_case', { id: await open() })
    expect(shown).toMatchObject({
      topic: { title: 'Porosity' },
      answers: { excerpt: 'We see pores.' },
      reports: [
        { reason: 'spam', note: null },
        { reason: 'other', note: 'It is rude.' },
      ],
    })
    expect(JSON.stringify(shown.reports)).not.toMatch(new RegExp(`${ada.id}|${abe.id}`))
    await db.as(bob)
    expect(await db.sql`select from reports`).toEqual([])
    await db.as(ada)
    expect(await db.sql`select reason from reports`).toEqual([{ reason: 'spam' }])
  })

  test('one reports what one can read and did not write, twenty times a day', async ({ db }) => {
    const { ada, bob, topic, post } = await scene(db)
    const reason = 'spam'
    await refused(db, bob, 'report_post', { post, reason }, [409, 'report_of_own_post'])
    await refused(db, ada, 'report_post', { post, reason, note: 'x'.repeat(reportNoteMax + 1) }, [
      422,
      'note_invalid',
    ])
    await refused(db, ada, 'report_post', { post: topic, reason }, [404, 'not_found'])
    await db.asOwner()
    await db.sql`select take_rate_limit('reports.day', ${ada.id}, 20, 86400) from generate_series(1, 20)`
    await db.sql`savepoint before`
    await expect(call(db, ada, 'report_post', { post, reason })).rejects.toThrow(/rate_limited/)
  })

  test('of one company’s topic moderators see the post alone, and strangers report nothing', async ({
    db,
  }) => {
    const { ada, bob, mo, post, report, open } = await scene(db, 'organization')
    await refused(db, bob, 'report_post', { post, reason: 'spam' }, [404, 'not_found'])
    await report(ada, 'confidential')
    expect(await call(db, mo, 'moderation_case', { id: await open() })).toMatchObject({
      topic: null,
      answers: null,
      excerpt: 'Buy my zebrawords',
    })
  })
})

describe('the queue', () => {
  test('is for moderators; what others try is remembered', async ({ db }) => {
    const { ada, report, open } = await scene(db)
    await report(ada)
    const id = await open()
    await refused(db, ada, 'list_cases', {}, [403, 'not_allowed'])
    await refused(db, ada, 'moderation_case', { id }, [403, 'not_allowed'])
    expect(await call(db, ada, 'decide_case', { id, decision: 'keep' })).toMatchObject({
      details: 'not_allowed',
    })
    expect(await call(db, ada, 'review_case', { id, outcome: 'upheld', note })).toMatchObject({
      details: 'not_allowed',
    })
    await db.asOwner()
    expect(await db.sql`select state from private.cases`).toEqual([{ state: 'open' }])
    expect(await db.sql`select action from audit_events where outcome = 'refused' order by id`).toEqual([
      { action: 'moderation.decide' },
      { action: 'moderation.review' },
    ])
  })

  test('goes from page to page, each case once, the longest waiting first', async ({ db }) => {
    const { ada, bob, mo, topic } = await scene(db)
    const posts: string[] = []
    for (let i = 0; i < 5; i += 1) {
      const { id } = await call(db, bob, 'reply', { topic, body: paragraphs(`Number ${i}`) })
      await call(db, ada, 'report_post', { post: id, reason: 'wrong' })
      posts.push(`Number ${i}`)
    }
    const seen: string[] = []
    let after: string | null = null
    do {
      const page: { cases: { excerpt: string }[]; next: string | null } = await call(db, mo, 'list_cases', {
        size: 2,
        ...(after && { after }),
      })
      seen.push(...page.cases.map(({ excerpt }) => excerpt))
      after = page.next
    } while (after)
    expect(seen).toEqual(posts)
    await refused(db, mo, 'list_cases', { after: 'rubbish' }, [422, 'cursor_invalid'])
  })
})

describe('deciding', () => {
  test('keep leaves all as it was; a later report makes another case', async ({ db }) => {
    const { ada, bob, mo, report, open, decide } = await scene(db)
    await report(ada)
    const id = await open()
    await decide(mo, id, 'keep')
    expect(await call(db, bob, 'my_standing')).toMatchObject({ suspended_until: null, decisions: [] })
    await report(ada)
    expect(await open()).not.toBe(id)
  })

  test('hide takes the words away and leaves a trace; counts follow; its author is told why', async ({
    db,
  }) => {
    const { ada, bob, mo, post, report, open, decide, page } = await scene(db)
    await report(ada)
    const id = await open()
    await decide(mo, id, 'hide')
    const read = await page(ada)
    expect(read.topic).toMatchObject({ reply_count: 0 })
    expect(read.posts[1]).toMatchObject({ id: post, body: null, hidden_at: expect.any(String) })
    await db.as(ada)
    expect(await db.sql`select body_text from posts where id = ${post}`).toEqual([{ body_text: null }])
    await refused(db, bob, 'edit_post', { post, body: paragraphs('Again') }, [404, 'not_found'])
    await refused(db, bob, 'post_history', { post }, [404, 'not_found'])
    expect(await call(db, bob, 'my_standing')).toMatchObject({
      decisions: [{ id, decision: 'hide', note, body: paragraphs('Buy my zebrawords') }],
    })
    expect((await call(db, bob, 'list_notifications')).notifications).toMatchObject([
      { kind: 'moderation', case_id: id, actors: [] },
    ])
    await db.asOwner()
    expect(await db.sql`select actor_id, after from audit_events where action = 'moderation.decide'`).toEqual(
      [{ actor_id: mo.id, after: { state: 'decided', decision: 'hide' } }],
    )
  })

  test('hide takes what an opening says in its category’s fields along, and overturning brings it back', async ({
    db,
  }) => {
    const { ada, bob, mo, max, topic, decide, review } = await scene(db)
    await db.asOwner()
    const template = [
      { key: 'tried', label_en: 'Tried', label_ar: 'ما جُرّب', help_en: '', help_ar: '', required: false },
    ]
    await db.sql`update categories set template = ${JSON.stringify(template)} where slug = 'quality'`
    await call(db, ada, 'edit_topic', { topic, template_answers: { tried: 'Calling zebranumber' } })
    const answers = [{ key: 'tried', answer: 'Calling zebranumber' }]
    const [opening] = await db.sql`select id from posts where topic_id = ${topic} and number = 1`
    await call(db, bob, 'report_post', { post: opening.id, reason: 'personal_data' })
    const id = (await call(db, mo, 'list_cases')).cases[0].id
    expect(await call(db, mo, 'moderation_case', { id })).toMatchObject({
      post: { template_answers: answers },
    })
    await decide(mo, id, 'hide')

    const { topic: head } = await call(db, bob, 'topic_page', { topic })
    expect(head.template_answers).toBeUndefined()
    expect(await db.sql`select template_answers from topics where id = ${topic}`).toEqual([
      { template_answers: {} },
    ])
    expect((await call(db, bob, 'search_forum', { query: 'zebranumber' })).results).toEqual([])
    await refused(db, ada, 'edit_topic', { topic, template_answers: { tried: 'Again' } }, [409, 'post_gone'])
    expect(await call(db, mo, 'moderation_case', { id })).toMatchObject({
      post: { template_answers: answers },
    })

    await call(db, ada, 'appeal', { id, text: 'It is a public number.' })
    await review(max, id, 'overturned')
    expect(await call(db, bob, 'topic_page', { topic })).toMatchObject({
      topic: { template_answers: answers },
    })
  })

  test('delete takes an opening with its topic, and overturning brings both back', async ({ db }) => {
    const { ada, bob, mo, max, topic, decide, review } = await scene(db)
    await db.asOwner()
    const [opening] = await db.sql`select id from posts where topic_id = ${topic} and number = 1`
    await call(db, bob, 'report_post', { post: opening.id, reason: 'confidential' })
    const id = (await call(db, mo, 'list_cases')).cases[0].id
    await decide(mo, id, 'delete')
    await refused(db, ada, 'topic_page', { topic }, [404, 'not_found'])
    await call(db, ada, 'appeal', { id, text: 'It is my own company’s figure.' })
    await review(max, id, 'overturned')
    expect(await call(db, bob, 'topic_page', { topic })).toMatchObject({
      topic: { reply_count: 1 },
      opening: { body: paragraphs('We see pores.') },
    })
  })

  test('warn and suspend are in the person’s record; who is suspended reads and does not write', async ({
    db,
  }) => {
    const { ada, bob, mo, topic, post, report, open, decide } = await scene(db)
    await report(ada)
    await decide(mo, await open(), 'warn')
    expect((await call(db, bob, 'post_history', { post })).versions).toHaveLength(1)
    await report(ada)
    const id = await open()
    expect(await call(db, mo, 'moderation_case', { id })).toMatchObject({
      record: [{ decision: 'warn', note }],
    })
    await db.sql`savepoint before`
    await expect(decide(mo, id, 'suspend')).rejects.toMatchObject(refusal(422, 'until_invalid'))
    await db.sql`rollback to before`
    const until = inAMonth()
    await decide(mo, id, 'suspend', { until })
    expect(new Date((await call(db, bob, 'my_standing')).suspended_until).toISOString()).toBe(until)
    expect(await call(db, bob, 'topic_page', { topic })).toMatchObject({ topic: { title: 'Porosity' } })
    const paused: [number, string] = [403, 'writing_paused']
    await refused(db, bob, 'reply', { topic, body: paragraphs('Still here') }, paused)
    await refused(
      db,
      bob,
      'open_topic',
      { category: 'quality', title: 'Mine', body: paragraphs('Hello') },
      paused,
    )
    await db.asOwner()
    const [opening] = await db.sql`select id from posts where topic_id = ${topic} and number = 1`
    await refused(db, bob, 'vote', { post: opening.id, useful: true }, paused)
    await db.asOwner()
    await db.sql`update private.cases set until = now() - interval '1 second' where id = ${id}`
    expect(await call(db, bob, 'reply', { topic, body: paragraphs('Back again') })).toMatchObject({
      mine: true,
    })
  })

  test('a moderator does not judge themself, nor pause another who looks after the place', async ({ db }) => {
    const { ada, mo, max, topic } = await scene(db)
    const { id: post } = await call(db, mo, 'reply', { topic, body: paragraphs('A rude word') })
    await call(db, ada, 'report_post', { post, reason: 'offensive' })
    const id = (await call(db, max, 'list_cases')).cases[0].id
    const { revision: expected } = await call(db, max, 'moderation_case', { id })
    await refused(db, mo, 'decide_case', { id, decision: 'keep', expected }, [403, 'another_moderator'])
    const suspending = { id, decision: 'suspend', note, until: inAMonth(), expected }
    expect(await call(db, max, 'decide_case', suspending)).toMatchObject({ details: 'not_allowed' })
    const pat = await moderator(db, 'pat', 'admin')
    await db.secondFactor(pat)
    expect(await call(db, pat, 'decide_case', suspending)).toMatchObject({ decision: 'suspend' })
  })

  test('what has changed since it was looked at is not decided; what was taken back is not hidden', async ({
    db,
  }) => {
    const { ada, bob, mo, post, report, open } = await scene(db)
    await report(ada)
    const id = await open()
    const { revision: expected } = await call(db, mo, 'moderation_case', { id })
    await call(db, bob, 'edit_post', { post, body: paragraphs('Now it is harmless') })
    await refused(db, mo, 'decide_case', { id, decision: 'hide', note, expected }, [409, 'changed_meanwhile'])
    await call(db, bob, 'delete_post', { post })
    const now = await call(db, mo, 'moderation_case', { id })
    expect(now.post).toMatchObject({ body: paragraphs('Now it is harmless') })
    const asked = { id, note, expected: now.revision }
    await refused(db, mo, 'decide_case', { ...asked, decision: 'hide' }, [409, 'post_gone'])
    await call(db, mo, 'decide_case', { ...asked, decision: 'warn' })
    await refused(db, mo, 'decide_case', { ...asked, decision: 'warn' }, [409, 'case_decided'])
  })
})

test('the bounds in contracts are those of the database', async ({ db }) => {
  const { ada, bob, mo, post, open, decide } = await scene(db)
  await call(db, ada, 'report_post', { post, reason: 'other', note: 'x'.repeat(reportNoteMax) })
  const id = await open()
  for (const length of [noteMin - 1, noteMax + 1]) {
    await db.sql`savepoint before`
    await expect(decide(mo, id, 'warn', { note: 'x'.repeat(length) })).rejects.toMatchObject(
      refusal(422, 'reason_invalid'),
    )
    await db.sql`rollback to before`
  }
  await decide(mo, id, 'warn', { note: 'x'.repeat(noteMax) })
  await refused(db, bob, 'appeal', { id, text: 'x'.repeat(appealMin - 1) }, [422, 'appeal_invalid'])
  await call(db, bob, 'appeal', { id, text: 'x'.repeat(appealMax) })
})

test('the lists in contracts are those of the database', async ({ db }) => {
  const [kinds] = await db.sql`select
    enum_range(null::report_reason)::text[] as reasons, enum_range(null::case_state)::text[] as states,
    enum_range(null::case_decision)::text[] as decisions, enum_range(null::review_outcome)::text[] as outcomes,
    enum_range(null::watch_kind)::text[] as kinds, enum_range(null::watch_action)::text[] as actions`
  expect(kinds).toEqual({
    reasons: [...reportReasons],
    states: [...caseStates],
    decisions: [...caseDecisions],
    outcomes: [...reviewOutcomes],
    kinds: [...watchKinds],
    actions: [...watchActions],
  })
})
