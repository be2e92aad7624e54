import { moderationLimits } from '@p2p/contracts'
import { type Db, type Person, paragraphs, test } from '@p2p/database/testing'
import { describe, expect } from 'vitest'
import { call, moderator, refused } from './moderating.ts'

const note = 'Please say what was tried before.'

/** Ada's topic is there already; from now on two first posts of everybody wait. */
async function scene(db: Db, amount = 2) {
  const [ada, bob, mo] = [await db.person('ada'), await db.person('bob'), await moderator(db, 'mo')]
  const topic: string = await call(db, ada, 'open_topic', {
    category: 'quality',
    title: 'Porosity in castings',
    body: paragraphs('We see pores.'),
  })
  await db.asOwner()
  await db.sql`insert into posting_rules (held_first_posts) values (${amount})`
  const write = (text: string, more: object = {}) =>
    call(db, bob, 'reply', { topic, body: paragraphs(text), ...more })
  const decide = (by: Person, id: string, accept: boolean) =>
    call(db, by, 'decide_held_post', { id, accept, ...(!accept && { note }) })
  const queue = async () => (await call(db, mo, 'list_cases')).cases
  const standing = () => call(db, bob, 'my_standing')
  return { ada, bob, mo, topic, write, decide, queue, standing }
}

/** All that tells that something was written: counted before and after, it must be the same. */
const traces = async (db: Db) => {
  await db.asOwner()
  const [row] = await db.sql`
    select (select count(*)::int from topics) as topics, (select count(*)::int from posts) as posts,
      (select jsonb_agg(to_jsonb(topics) order by id) from topics) as heads,
      (select jsonb_agg(to_jsonb(categories) order by id) from categories) as shelves,
      (select count(*)::int from private.search_entries) as entries,
      (select count(*)::int from notifications) as notices,
      (select count(*)::int from realtime.messages) as events,
      (select count(*)::int from topic_readers) as readers`
  return row
}

describe('a first post', () => {
  test('is not let through by an id that its author has given to something else', async ({ db }) => {
    const { bob, topic } = await scene(db)
    const body = paragraphs('Between us')
    const internal = { category: 'quality', title: 'Ours', body, visibility: 'organization' }
    const own: string = await call(db, bob, 'open_topic', internal)
    const { id } = await call(db, bob, 'reply', { topic: own, body })
    const taken: [number, string] = [409, 'id_taken']
    for (const used of [id, own]) await refused(db, bob, 'reply', { topic, body, id: used }, taken)
    await refused(db, bob, 'open_topic', { category: 'quality', title: 'An advert', body, id }, taken)
  })

  test('waits: nothing in the forum knows of it, its author sees it, and asking again holds it once', async ({
    db,
  }) => {
    const { bob, mo, topic, write, queue, standing } = await scene(db)
    const before = await traces(db)
    const id = crypto.randomUUID()
    expect(await write('Check the vents.', { id })).toEqual({ id, held: true })
    expect(await db.sql`select current_setting('response.status') as status`).toEqual([{ status: '202' }])
    expect(await write('Check the vents.', { id })).toEqual({ id, held: true })
    const opened = await call(db, bob, 'open_topic', {
      category: 'quality',
      title: 'Cracks in welds',
      body: paragraphs('Where from?'),
    })
    expect(await traces(db)).toEqual(before)
    expect(await standing()).toMatchObject({
      posts_wait: true,
      held: [
        { id: opened, state: 'waiting', opens_topic: true, title: 'Cracks in welds', topic: null },
        { id, state: 'waiting', topic: { id: topic }, body: paragraphs('Check the vents.') },
      ],
    })
    expect(await queue()).toMatchObject([
      { kind: 'held', id, excerpt: 'Check the vents.', author: { id: bob.id }, topic: { id: topic } },
      { kind: 'held', id: opened, title: 'Cracks in welds' },
    ])
    expect(await call(db, mo, 'held_post', { id: opened })).toMatchObject({
      category: { slug: 'quality' },
      body: paragraphs('Where from?'),
      mine: false,
    })
  })

  test('is refused at once for what a post is refused for, and nothing waits then', async ({ db }) => {
    const { bob, topic, standing } = await scene(db)
    await db.asOwner()
    await db.sql`insert into watched_words (word, kind, action) values ('casino', 'word', 'refuse')`
    const empty = { type: 'doc', content: [{ type: 'paragraph' }] }
    await refused(db, bob, 'reply', { topic, body: empty }, [422, 'document_empty'])
    await refused(db, bob, 'reply', { topic, body: paragraphs('A Casino!') }, [422, 'words_refused'])
    await refused(db, bob, 'reply', { topic, body: paragraphs('Yes'), parent: crypto.randomUUID() }, [
      422,
      'parent_invalid',
    ])
    const asked = { category: 'quality', title: 'Mine', body: paragraphs('Hello') }
    await refused(db, bob, 'open_topic', { ...asked, title: 'x' }, [422, 'title_invalid'])
    await refused(db, bob, 'open_topic', { ...asked, category: 'nowhere' }, [404, 'not_found'])
    await refused(db, bob, 'open_topic', { ...asked, tags: ['unheard-of'] }, [422, 'tag_unknown'])
    expect((await standing()).held).toEqual([])
  })

  test('for one’s own company never waits, and does not come out past the moderators', async ({ db }) => {
    const { bob, standing } = await scene(db)
    const inside = await call(db, bob, 'open_topic', {
      category: 'quality',
      title: 'Between us',
      body: paragraphs('Hello'),
      visibility: 'organization',
    })
    expect(await call(db, bob, 'reply', { topic: inside, body: paragraphs('More') })).toMatchObject({
      number: 2,
    })
    expect((await standing()).posts_wait).toBe(true)
    await refused(db, bob, 'edit_topic', { topic: inside, visibility: 'community' }, [
      409,
      'first_posts_wait',
    ])
  })

  test('of moderators, of those who have written enough, and of all where none is held, is published', async ({
    db,
  }) => {
    const { ada, bob, mo, topic, write } = await scene(db, 1)
    const body = paragraphs('At once')
    expect(await call(db, ada, 'reply', { topic, body })).toMatchObject({ number: 2 })
    expect(await call(db, mo, 'reply', { topic, body })).toMatchObject({ number: 3 })
    expect(await write('First')).toMatchObject({ held: true })
    await db.asOwner()
    await db.sql`update posting_rules set held_first_posts = 0`
    expect(await call(db, bob, 'reply', { topic, body })).toMatchObject({ number: 4 })
  })

  test('waits with nine others at most, twelve a minute', async ({ db }) => {
    const { bob, topic, write } = await scene(db)
    for (let i = 0; i < 10; i += 1) await write(`Number ${i}`)
    await refused(db, bob, 'reply', { topic, body: paragraphs('One more') }, [409, 'held_posts_limit'])
    await db.asOwner()
    await db.sql`delete from private.held_posts`
    await write('Eleven')
    await write('Twelve')
    await expect(write('Thirteen')).rejects.toThrow(/rate_limited/)
  })

  test('under an id of somebody else is not taken', async ({ db }) => {
    const { ada, bob, topic, write } = await scene(db)
    const { id } = await write('Mine')
    await db.asOwner()
    await db.sql`update posting_rules set held_first_posts = 10`
    await refused(db, ada, 'reply', { topic, body: paragraphs('Hers'), id }, [409, 'id_taken'])
    await refused(
      db,
      bob,
      'open_topic',
      { category: 'quality', title: 'Mine', body: paragraphs('x'), id: topic },
      [409, 'id_taken'],
    )
  })
})

describe('a moderator', () => {
  test('accepts: it is published as its author’s, who is told, and so is whom it answers', async ({ db }) => {
    const { ada, bob, mo, topic, write, decide, queue, standing } = await scene(db)
    const { id } = await write('Check the vents.')
    expect(await decide(mo, id, true)).toMatchObject({ state: 'accepted', body: null, topic: { id: topic } })
    expect((await call(db, ada, 'topic_page', { topic })).branches).toMatchObject([
      { post: { id, author: { id: bob.id }, body: paragraphs('Check the vents.'), number: 2 } },
    ])
    expect(await queue()).toEqual([])
    expect((await standing()).held).toEqual([])
    expect((await call(db, bob, 'list_notifications')).notifications).toMatchObject([
      { kind: 'moderation', held: 'accepted', actors: [], topic: { id: topic }, post: { id } },
    ])
    expect((await call(db, ada, 'list_notifications')).notifications).toMatchObject([
      { kind: 'reply', actors: [{ first_name: 'bob' }] },
    ])
    // Asked again after all that, the post is there.
    expect(await write('Check the vents.', { id })).toMatchObject({ id, number: 2 })
    await db.asOwner()
    expect(
      await db.sql`select action, subject_id, after from audit_events where actor_id = ${mo.id}`,
    ).toEqual([{ action: 'moderation.decide_held', subject_id: id, after: { state: 'accepted' } }])
  })

  test('accepts a topic with all that was asked for; after so many the person’s posts wait no more', async ({
    db,
  }) => {
    const { bob, mo, write, decide, standing } = await scene(db)
    await db.asOwner()
    await db.sql`insert into tags (slug, name_en, name_ar) values ('welding', 'Welding', 'لحام')`
    await db.sql`update categories set template = ${JSON.stringify([
      { key: 'machine', label_en: 'Machine', label_ar: 'الآلة', help_en: '', help_ar: '', required: true },
    ])}::jsonb where slug = 'quality'`
    const id = await call(db, bob, 'open_topic', {
      category: 'quality',
      title: ' Cracks in welds ',
      body: paragraphs('Where from?'),
      tags: ['welding'],
      template_answers: { machine: 'A press' },
    })
    expect(await call(db, mo, 'held_post', { id })).toMatchObject({
      title: 'Cracks in welds',
      tags: [{ slug: 'welding' }],
      template_answers: [{ key: 'machine', label_en: 'Machine', answer: 'A press' }],
    })
    await decide(mo, id, true)
    expect((await call(db, bob, 'topic_page', { topic: id })).topic).toMatchObject({
      title: 'Cracks in welds',
      author: { id: bob.id },
      tags: [{ slug: 'welding' }],
      template_answers: [{ key: 'machine', answer: 'A press' }],
      level: 'watching',
    })
    const { id: second } = await write('And a second')
    await decide(mo, second, true)
    expect((await standing()).posts_wait).toBe(false)
    expect(await write('The third')).toMatchObject({ number: 3 })
  })

  test('refuses with a note: nobody sees it but its author, who reads why', async ({ db }) => {
    const { bob, mo, write, decide, standing } = await scene(db)
    const id = await call(db, bob, 'open_topic', {
      category: 'quality',
      title: 'Buy my vents',
      body: paragraphs('Cheap'),
    })
    await refused(db, mo, 'decide_held_post', { id, accept: false, note: 'Short' }, [422, 'reason_invalid'])
    await refused(db, mo, 'decide_held_post', { id, accept: null }, [422, 'invalid_input'])
    await decide(mo, id, false)
    expect((await standing()).held).toMatchObject([{ id, state: 'refused', note, body: paragraphs('Cheap') }])
    expect((await call(db, bob, 'list_notifications')).notifications).toMatchObject([
      { held: 'refused', note, topic: { id, title: 'Buy my vents' }, post: null },
    ])
    expect(await call(db, bob, 'unread_notifications')).toBe(1)
    await db.asOwner()
    const mails = await db.sql`
      select private.notification_mail(id) -> 'notices' as notices from private.notification_mails where user_id = ${bob.id}`
    expect(mails).toMatchObject([
      { notices: [{ kind: 'moderation', verdict: 'refused', excerpt: note, title: 'Buy my vents' }] },
    ])
    await db.as(bob)
    expect(await db.sql`select from topics where id = ${id}`).toEqual([])
    await refused(db, mo, 'decide_held_post', { id, accept: true }, [409, 'held_post_decided'])
    expect(await write('A better one')).toMatchObject({ held: true })
  })

  test('cannot publish what may not be published any more: it goes on waiting', async ({ db }) => {
    const { ada, bob, mo, topic, write, queue } = await scene(db)
    const { id } = await write('Check the vents.')
    const accept = { id, accept: true }
    const gone = async (statement: string, code: string) => {
      await db.asOwner()
      await db.sql`savepoint change`
      await db.client.query(statement)
      await refused(db, mo, 'decide_held_post', accept, [code === 'another_moderator' ? 403 : 409, code])
      await db.asOwner()
      await db.sql`rollback to change`
    }
    await gone('update topics set locked_at = now()', 'topic_locked')
    await gone('update topics set deleted_at = now()', 'topic_gone')
    await gone(`update topics set visibility = 'organization'`, 'topic_gone')
    await gone('delete from topics', 'topic_gone')
    await gone(`update profiles set status = 'deactivated' where id = '${bob.id}'`, 'author_may_not_write')
    await gone(
      `update organizations set status = 'suspended' where id = '${bob.organization}'`,
      'author_may_not_write',
    )
    await gone(
      `insert into private.cases (author_id, state, decision, note, until, decided_at)
       values ('${bob.id}', 'decided', 'suspend', 'For a good reason.', now() + interval '1 day', now())`,
      'author_may_not_write',
    )
    const asked = await call(db, bob, 'open_topic', {
      category: 'quality',
      title: 'Mine',
      body: paragraphs('x'),
    })
    await db.asOwner()
    await db.sql`update categories set archived_at = now() where slug = 'quality'`
    await refused(db, mo, 'decide_held_post', { id: asked, accept: true }, [409, 'category_archived'])
    await db.asOwner()
    await db.sql`update categories set archived_at = null, posting = 'moderators' where slug = 'quality'`
    await refused(db, mo, 'decide_held_post', { id: asked, accept: true }, [403, 'posting_restricted'])
    expect((await queue()).map((each: { id: string }) => each.id)).toEqual([id, asked])
    // Who wrote it and looks after the place by now does not let it pass.
    await db.asOwner()
    await db.sql`insert into platform_roles (user_id, role) values (${bob.id}, 'moderator')`
    await refused(db, bob, 'decide_held_post', accept, [403, 'another_moderator'])
    expect((await call(db, ada, 'topic_page', { topic })).topic.reply_count).toBe(0)
  })

  test('alone decides; what others try is remembered, and nobody reads what waits', async ({ db }) => {
    const { ada, bob, write } = await scene(db)
    const { id } = await write('Check the vents.')
    for (const someone of [ada, bob]) {
      await refused(db, someone, 'held_post', { id }, [403, 'not_allowed'])
      expect(await call(db, someone, 'decide_held_post', { id, accept: true })).toMatchObject({
        details: 'not_allowed',
      })
    }
    await db.asOwner()
    expect(await db.sql`select subject_kind, code from audit_events where outcome = 'refused'`).toEqual([
      { subject_kind: 'held_post', code: 'not_allowed' },
      { subject_kind: 'held_post', code: 'not_allowed' },
    ])
  })
})

describe('the author', () => {
  test('takes back what waits, and nothing else', async ({ db }) => {
    const { ada, bob, mo, write, decide, standing, queue } = await scene(db)
    const [one, two] = [await write('One'), await write('Two')]
    await call(db, ada, 'withdraw_held_post', { id: one.id })
    expect(await queue()).toHaveLength(2)
    await call(db, bob, 'withdraw_held_post', { id: one.id })
    await call(db, bob, 'withdraw_held_post', { id: one.id })
    await refused(db, mo, 'decide_held_post', { id: one.id, accept: true }, [404, 'not_found'])
    await decide(mo, two.id, false)
    await refused(db, bob, 'withdraw_held_post', { id: two.id }, [409, 'held_post_decided'])
    expect((await standing()).held).toMatchObject([{ id: two.id, state: 'refused' }])
  })
})

describe('the files of a post that waits', () => {
  const withFile = (file: string) => ({
    type: 'doc',
    content: [
      { type: 'paragraph', content: [{ type: 'text', text: 'See the drawing' }] },
      { type: 'attachment', attrs: { file, name: 'part.step', type: 'model/step', size: 10 } },
    ],
  })

  test('stay as long as it waits, are seen by moderators alone, and by all once it is published', async ({
    db,
  }) => {
    const { ada, bob, mo, topic, decide } = await scene(db)
    await db.asOwner()
    const [file] = await db.sql`
      insert into files (owner_id, organization_id, purpose, size, content_type, status, settled_at, renditions, stored_bytes)
      values (${bob.id}, ${bob.organization}, 'attachment', 10, 'model/step', 'ready', now() - interval '3 days', '[]', 10)
      returning id`
    await db.sql`insert into storage.buckets (id, name) values ('attachments', 'attachments') on conflict do nothing`
    await db.sql`insert into storage.objects (bucket_id, name) values ('attachments', ${`${file.id}/original`})`
    const seen = async (by: Person) => {
      await db.as(by)
      return (await db.sql`select from storage.objects where bucket_id = 'attachments'`).length
    }
    const sweep = async () => {
      await db.asOwner()
      return (await db.sql`select private.sweep_attachments() as gone`)[0].gone
    }
    const { id } = await call(db, bob, 'reply', { topic, body: withFile(file.id) })
    expect(await sweep()).toBe(0)
    expect([await seen(bob), await seen(mo), await seen(ada)]).toEqual([1, 1, 0])

    await db.sql`savepoint waiting`
    await decide(mo, id, true)
    expect([await seen(bob), await seen(mo), await seen(ada)]).toEqual([1, 1, 1])
    expect(await sweep()).toBe(0)
    await db.sql`rollback to waiting`

    await decide(mo, id, false)
    expect([await seen(bob), await seen(mo), await seen(ada)]).toEqual([1, 0, 0])
    expect(await sweep()).toBe(1)
  })
})

describe('how many wait', () => {
  test('is for platform admins to say, none to ten, and is in the log', async ({ db }) => {
    const { ada, mo, topic } = await scene(db, 0)
    const pat = await moderator(db, 'pat', 'admin')
    await db.secondFactor(pat)
    const most = moderationLimits.heldFirstPostsMax
    for (const wrong of [-1, most + 1, null])
      await refused(db, pat, 'set_posting_rules', { held_first_posts: wrong }, [422, 'invalid_input'])
    await call(db, pat, 'set_posting_rules', { held_first_posts: most })
    expect(await call(db, ada, 'reply', { topic, body: paragraphs('Hers') })).toMatchObject({ held: true })
    for (const someone of [ada, mo]) {
      expect(await call(db, someone, 'set_posting_rules', { held_first_posts: 0 })).toMatchObject({
        details: 'not_allowed',
      })
      await db.as(someone)
      expect(await db.sql`select from posting_rules`).toEqual([])
    }
    await db.asOwner()
    expect(await db.sql`select before, after from audit_events where actor_id = ${pat.id}`).toEqual([
      { before: { held_first_posts: 0 }, after: { held_first_posts: most } },
    ])
  })
})
