import { type Db, type Person, paragraphs, test } from '@p2p/database/testing'
import { describe, expect } from 'vitest'

const refusal = (status: number, code: string) => ({ code: `PT${status}`, detail: code })
const reason = 'It names people who were never asked.'

const open = async (db: Db, by: Person, visibility = 'community', tags: string[] = []) => {
  await db.as(by)
  const [row] = await db.sql`select open_topic(
    category => 'quality', title => 'Porosity', body => ${paragraphs('We see pores.')}, visibility => ${visibility}, tags => ${tags}) as id`
  return row.id as string
}

const answer = async (db: Db, by: Person, topic: string, parent: string | null = null) => {
  await db.as(by)
  return (await db.sql`select reply(${topic}, ${paragraphs('An answer')}, ${parent}) ->> 'id' as id`)[0]
    .id as string
}

async function moderator(db: Db, name = 'mo') {
  const mo = await db.person(name)
  await db.sql`insert into platform_roles (user_id, role) values (${mo.id}, 'moderator')`
  return mo
}

const vocabulary = (db: Db) =>
  db.sql`insert into tags (slug, name_en, name_ar) values ('casting', 'Casting', 'سباكة'), ('pumps', 'Pumps', 'مضخات')`

const act = async (db: Db, by: Person, name: string, args: object) => {
  await db.as(by)
  const names = Object.keys(args)
  const call = names.map((arg, place) => `${arg} => $${place + 1}`).join(', ')
  const { rows } = await db.client.query(`select ${name}(${call}) as answer`, Object.values(args))
  return rows[0].answer
}

/** What each counter says, and what is so. */
const counters = async (db: Db) => {
  await db.asOwner()
  const [said] = await db.sql`select
    (select jsonb_object_agg(slug, topic_count) from categories where topic_count > 0) as categories,
    (select jsonb_object_agg(slug, topic_count) from tags where topic_count > 0) as tags,
    (select jsonb_object_agg(organization_id, jsonb_build_array((counts -> 'topics')::int, (counts -> 'posts')::int))
     from organization_statistics where counts ?| array['topics', 'posts']) as statistics`
  const [counted] = await db.sql`select
    (select jsonb_object_agg(slug, n) from (
      select slug, count(*) as n from topics join categories on categories.id = category_id
      where visibility = 'community' and deleted_at is null group by slug) as shelves) as categories,
    (select jsonb_object_agg(tag, n) from (
      select tag, count(*) as n from topics, unnest(tags) as tag
      where visibility = 'community' and deleted_at is null group by tag) as words) as tags,
    (select jsonb_object_agg(organization, jsonb_build_array(nullif(topics, 0), nullif(posts, 0))) from (
      select organization, sum(topics)::int as topics, sum(posts)::int as posts from (
        select organization_id, count(*), 0 from topics where deleted_at is null group by 1
        union all
        select author_organization_id, 0, count(*) from posts
        join topics on topics.id = topic_id and topics.deleted_at is null where posts.deleted_at is null group by 1) as parts (organization, topics, posts)
      group by organization) as sums) as statistics`
  return { said, counted }
}

describe('editing', () => {
  test('its author changes title, tags and answers; null leaves a thing as it is', async ({ db }) => {
    await vocabulary(db)
    await db.sql`update categories set template = '[{"key": "process", "label_en": "Process", "label_ar": "العملية", "help_en": "", "help_ar": "", "required": true}]' where slug = 'energy'`
    const ada = await db.person('ada')
    const topic = await open(db, ada, 'community', [])
    expect(await act(db, ada, 'edit_topic', { topic, title: ' Pores in castings ' })).toMatchObject({
      title: 'Pores in castings',
      tags: [],
    })
    await act(db, ada, 'edit_topic', { topic, tags: ['سباكة'] })
    await act(db, ada, 'move_topic', { topic, category: 'energy' })
    await act(db, ada, 'edit_topic', { topic, template_answers: { process: 'HPDC' } })
    expect(
      await db.sql`select title, tags, template_answers, edited_at is not null as edited from topics`,
    ).toEqual([
      { title: 'Pores in castings', tags: ['casting'], template_answers: { process: 'HPDC' }, edited: true },
    ])
    await expect(act(db, ada, 'edit_topic', { topic, template_answers: {} })).rejects.toMatchObject({
      ...refusal(422, 'template_answer_missing'),
      hint: 'process',
    })
  })

  test('a stranger changes nothing; a moderator does, and it is in the log', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const mo = await moderator(db)
    const topic = await open(db, ada)
    expect(await act(db, bob, 'edit_topic', { topic, title: 'Bobs' })).toMatchObject({
      details: 'not_allowed',
    })
    expect(await act(db, mo, 'edit_topic', { topic, title: 'A clear title' })).toMatchObject({
      title: 'A clear title',
    })
    await db.asOwner()
    expect(
      await db.sql`select actor_id, outcome, after from audit_events where action = 'topics.edit' order by id`,
    ).toEqual([
      { actor_id: bob.id, outcome: 'refused', after: null },
      { actor_id: mo.id, outcome: 'done', after: { changed: ['title'] } },
    ])
  })

  test('who may read it is its author’s to say, until somebody has answered', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const mo = await moderator(db)
    const topic = await open(db, ada)
    await db.sql`savepoint before`
    await expect(act(db, mo, 'edit_topic', { topic, visibility: 'organization' })).rejects.toMatchObject(
      refusal(403, 'not_allowed'),
    )
    await db.sql`rollback to before`
    await act(db, ada, 'edit_topic', { topic, visibility: 'organization' })
    await db.as(bob)
    expect(await db.sql`select from posts where topic_id = ${topic}`).toEqual([])
    await act(db, ada, 'edit_topic', { topic, visibility: 'community' })
    await answer(db, bob, topic)
    await expect(act(db, ada, 'edit_topic', { topic, visibility: 'organization' })).rejects.toMatchObject(
      refusal(409, 'readers_fixed'),
    )
  })

  test('a moderator cannot touch what they cannot read', async ({ db }) => {
    const ada = await db.person('ada')
    const mo = await moderator(db)
    const topic = await open(db, ada, 'organization')
    const acts: [string, object][] = [
      ['edit_topic', { topic, title: 'Mine now' }],
      ['move_topic', { topic, category: 'energy' }],
      ['pin_topic', { topic, place: 'forum' }],
      ['lock_topic', { topic }],
      ['delete_topic', { topic, reason }],
      ['restore_topic', { topic }],
    ]
    for (const [name, args] of acts) {
      await db.sql`savepoint before`
      await expect(act(db, mo, name, args), name).rejects.toMatchObject(refusal(404, 'not_found'))
      await db.sql`rollback to before`
    }
  })
})

describe('moving, pinning, closing', () => {
  test('its author moves it within a day, a moderator later', async ({ db }) => {
    const ada = await db.person('ada')
    const mo = await moderator(db)
    const topic = await open(db, ada)
    expect(await act(db, ada, 'move_topic', { topic, category: 'energy' })).toMatchObject({
      category: { slug: 'energy' },
    })
    await db.asOwner()
    await db.sql`update topics set created_at = now() - interval '25 hours' where id = ${topic}`
    await db.sql`savepoint before`
    await expect(act(db, ada, 'move_topic', { topic, category: 'quality' })).rejects.toMatchObject(
      refusal(409, 'move_too_late'),
    )
    await db.sql`rollback to before`
    await act(db, mo, 'move_topic', { topic, category: 'quality' })
    await db.asOwner()
    expect(await db.sql`select before, after from audit_events where action = 'topics.move'`).toEqual([
      { before: { category: 'energy' }, after: { category: 'quality' } },
    ])
  })

  test('a pin stands until its time and goes by itself', async ({ db }) => {
    const ada = await db.person('ada')
    const mo = await moderator(db)
    const topic = await open(db, ada)
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString()
    expect(await act(db, mo, 'pin_topic', { topic, place: 'category', until: tomorrow })).toMatchObject({
      pinned_in: 'category',
    })
    for (const until of ['yesterday', 'infinity', '-infinity']) {
      await db.sql`savepoint before`
      await expect(act(db, mo, 'pin_topic', { topic, place: 'forum', until })).rejects.toMatchObject(
        refusal(422, 'pin_invalid'),
      )
      await db.sql`rollback to before`
    }
    await db.asOwner()
    const ended = async () => (await db.sql`select private.end_pins() as ended`)[0].ended
    expect(await ended()).toBe(0)
    await db.sql`update topics set pinned_until = now() where id = ${topic}`
    expect(await ended()).toBe(1)
    expect(await db.sql`select pinned_in, pinned_until, is_pinned from topics`).toEqual([
      { pinned_in: null, pinned_until: null, is_pinned: false },
    ])
    expect(await act(db, ada, 'pin_topic', { topic, place: 'forum' })).toMatchObject({
      details: 'not_allowed',
    })
  })

  test('a closed topic takes no answer and no change until it is opened', async ({ db }) => {
    const ada = await db.person('ada')
    const mo = await moderator(db)
    const topic = await open(db, ada)
    expect(await act(db, ada, 'lock_topic', { topic })).toMatchObject({ details: 'not_allowed' })
    await act(db, mo, 'lock_topic', { topic })
    for (const [name, args] of [
      ['edit_topic', { topic, title: 'Changed' }],
      ['move_topic', { topic, category: 'energy' }],
      ['delete_topic', { topic }],
    ] as const) {
      await db.sql`savepoint before`
      await expect(act(db, ada, name, args), name).rejects.toMatchObject(refusal(409, 'topic_locked'))
      await db.sql`rollback to before`
    }
    await act(db, mo, 'lock_topic', { topic, locked: false })
    expect(await answer(db, ada, topic)).toBeTruthy()
  })
})

describe('deleting and restoring', () => {
  test('a deleted topic takes its posts out of everybody’s sight and brings them back whole', async ({
    db,
  }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const mo = await moderator(db)
    const topic = await open(db, ada)
    const first = await answer(db, bob, topic)
    await answer(db, ada, topic, first)
    const whole = async () => {
      await db.asOwner()
      return db.sql`select id, number, body, deleted_at, reply_count, branch_count from posts order by number`
    }
    const before = await whole()
    await act(db, mo, 'delete_topic', { topic, reason })
    for (const person of [ada, bob, mo]) {
      await db.as(person)
      expect(await db.sql`select from posts`).toEqual([])
      expect(await db.sql`select from topics`).toEqual([])
    }
    expect(await act(db, ada, 'list_deleted_topics', {})).toMatchObject({
      topics: [{ id: topic, reason, restorable: false, deleted_by: { id: mo.id } }],
      next: null,
    })
    expect(await act(db, bob, 'list_deleted_topics', {})).toEqual({ topics: [], next: null })
    expect(await act(db, ada, 'restore_topic', { topic })).toMatchObject({ details: 'not_allowed' })
    expect(await act(db, mo, 'restore_topic', { topic })).toMatchObject({ id: topic, reply_count: 2 })
    expect(await whole()).toEqual(before)
  })

  test('its author deletes it while nobody else answered, and brings it back', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada)
    await answer(db, ada, topic)
    await act(db, ada, 'delete_topic', { topic })
    expect(await act(db, ada, 'restore_topic', { topic })).toMatchObject({ id: topic })
    await answer(db, bob, topic)
    await db.sql`savepoint before`
    await expect(act(db, ada, 'delete_topic', { topic })).rejects.toMatchObject(
      refusal(409, 'topic_has_replies'),
    )
    await db.sql`rollback to before`
    expect(await act(db, bob, 'delete_topic', { topic, reason })).toMatchObject({ details: 'not_allowed' })
  })

  test('taken back by its opening, it comes back with what it said', async ({ db }) => {
    const ada = await db.person('ada')
    const topic = await open(db, ada)
    await db.sql`select delete_post((select id from posts where topic_id = ${topic}))`
    expect(await act(db, ada, 'restore_topic', { topic })).toMatchObject({ excerpt: 'We see pores.' })
  })

  test('a moderator says why', async ({ db }) => {
    const ada = await db.person('ada')
    const mo = await moderator(db)
    const topic = await open(db, ada)
    await expect(act(db, mo, 'delete_topic', { topic })).rejects.toMatchObject(refusal(422, 'reason_invalid'))
  })
})

test('after every act on topics all counters are what a recount finds', async ({ db }) => {
  await vocabulary(db)
  const [ada, bob] = [await db.person('ada'), await db.person('bob')]
  const mo = await moderator(db)
  const topic = await open(db, ada, 'community', ['casting'])
  const quiet = await open(db, ada, 'organization', ['pumps'])
  const lonely = await open(db, bob, 'community', ['casting', 'pumps'])
  await answer(db, bob, topic)
  const steps: [Person, string, object][] = [
    [ada, 'edit_topic', { topic, tags: ['pumps'] }],
    [ada, 'edit_topic', { topic: quiet, visibility: 'community' }],
    [ada, 'move_topic', { topic, category: 'energy' }],
    [mo, 'delete_topic', { topic, reason }],
    [mo, 'restore_topic', { topic }],
    [ada, 'edit_topic', { topic: quiet, visibility: 'organization' }],
    [bob, 'delete_topic', { topic: lonely }],
    [mo, 'lock_topic', { topic }],
    [mo, 'pin_topic', { topic, place: 'forum' }],
    [bob, 'restore_topic', { topic: lonely }],
    [mo, 'delete_topic', { topic, reason }],
  ]
  for (const [by, name, args] of steps) {
    await act(db, by, name, args)
    const { said, counted } = await counters(db)
    expect(said, name).toEqual(counted)
  }
  await db.asOwner()
  await db.sql`delete from topics where id = ${lonely}`
  const { said, counted } = await counters(db)
  expect(said).toEqual(counted)
})
