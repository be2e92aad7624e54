import { type Db, type Person, paragraphs, test } from '@p2p/database/testing'
import { describe, expect } from 'vitest'

/* Eve writes in the forum past its lists and limits, and undoes what moderators did. */

const call = async (db: Db, by: Person, name: string, args: object) => {
  await db.as(by)
  await db.sql`select set_config('response.status', '', true)`
  const list = Object.keys(args).map((arg, place) => `${arg} => $${place + 1}`)
  const { rows } = await db.client.query(`select ${name}(${list.join(', ')}) as answer`, Object.values(args))
  return rows[0].answer
}

/** The code of the refusal; what was asked for is undone. */
const refused = async (db: Db, by: Person, name: string, args: object): Promise<string> => {
  await db.sql`savepoint before`
  const error = await call(db, by, name, args).then(
    () => ({ detail: 'taken', message: '' }),
    (thrown: { code: string; detail: string; message: string }) => thrown,
  )
  await db.sql`rollback to before`
  return error.detail.startsWith('{') ? JSON.parse(error.message).details : error.detail
}

const doc = (...content: object[]) => ({ type: 'doc', content: [{ type: 'paragraph', content }] })
const text = (words: string, ...marks: object[]) => ({ type: 'text', text: words, marks })
const link = (href: string) => doc(text('here', { type: 'link', attrs: { href } }))
const mention = (id: string, label = 'Bob') => ({ type: 'mention', attrs: { id, label } })

const open = (db: Db, by: Person, more: object = {}): Promise<string> =>
  call(db, by, 'open_topic', {
    category: 'quality',
    title: 'Porosity',
    body: paragraphs('We see pores.'),
    ...more,
  })

async function watch(db: Db, word: string, kind: 'word' | 'link', action: 'report' | 'refuse') {
  await db.asOwner()
  await db.sql`insert into watched_words (word, kind, action) values (${word}, ${kind}, ${action})`
}

async function moderator(db: Db, name: string) {
  const someone = await db.person(name)
  await db.sql`insert into platform_roles (user_id, role) values (${someone.id}, 'moderator')`
  return someone
}

describe('a word that is not taken here', () => {
  test.for([
    ['with half of it bold', doc(text('ze', { type: 'bold' }), text('bra'))],
    ['over two formats', doc(text('buy '), text('z', { type: 'italic' }), text('ebra'), text(' now'))],
    ['with a space of no width in it', doc(text('ze\u200Bbra'))],
    ['with a soft hyphen in it', doc(text('ze\u00ADbra'))],
    ['with a mark of direction in it', doc(text('ze\u2067bra'))],
    ['in wide letters', doc(text('ｚｅｂｒａ'))],
  ])('%s', async ([, body], { db }) => {
    const eve = await db.person('eve')
    await watch(db, 'zebra', 'word', 'refuse')
    const topic = await open(db, eve)
    expect(await refused(db, eve, 'reply', { topic, body })).toBe('words_refused')
    expect(await refused(db, eve, 'reply', { topic, body: doc(text('zebras')) })).toBe('taken')
  })
})

describe('a link that is not taken here', () => {
  test.for([
    'https://spam.example',
    'https://SPAM.example./x',
    'https://eve@spam.example',
    'https://\\\\spam.example',
    'https://ｓｐａｍ.example',
    'https://spam。example',
    'https://spam｡example',
    'https://sp\u00ADam.example',
    'https://sp\u200Bam.example/a?b',
  ])('%s', async (href, { db }) => {
    const eve = await db.person('eve')
    await watch(db, 'spam.example', 'link', 'refuse')
    const topic = await open(db, eve)
    expect(await refused(db, eve, 'reply', { topic, body: link(href) })).toBe('words_refused')
  })

  test.for(['https://spam%2Eexample', 'https://%73pam.example/', 'http:///%73pam.example'])(
    '%s is no link at all',
    async (href, { db }) => {
      const eve = await db.person('eve')
      const topic = await open(db, eve)
      expect(await refused(db, eve, 'reply', { topic, body: link(href) })).toBe('document_invalid')
    },
  )
})

test('a word that moderators look out for is found in a title that is changed later, and in answers to the template', async ({
  db,
}) => {
  const eve = await db.person('eve')
  await watch(db, 'zebra', 'word', 'report')
  await db.sql`
    update categories set template = '[{"key": "tried", "label_en": "Tried", "label_ar": "جُرّب", "help_en": "", "help_ar": "", "required": false}]'
    where slug = 'quality'`
  const found = async (topic: string) => {
    await db.asOwner()
    return db.sql`
      select found from private.cases join posts on posts.id = post_id where topic_id = ${topic} and number = 1`
  }
  const answered = await open(db, eve, { template_answers: { tried: 'A zebra' } })
  expect(await found(answered)).toEqual([{ found: ['zebra'] }])

  const renamed = await open(db, eve)
  expect(await found(renamed)).toEqual([])
  await call(db, eve, 'edit_topic', { topic: renamed, title: 'A zebra' })
  expect(await found(renamed)).toEqual([{ found: ['zebra'] }])
})

describe('names in a document', () => {
  test.for(['Bob\nAda', 'Bob\u202Eeve', 'Bob\u2067', 'Bob\u2028', 'B\u0007ob'])(
    '%j is none',
    async (name, { db }) => {
      const eve = await db.person('eve')
      const topic = await open(db, eve)
      const quote = {
        type: 'doc',
        content: [
          {
            type: 'blockquote',
            attrs: { post: null, author: name },
            content: paragraphs('Said').content,
          },
        ],
      }
      for (const body of [doc(mention(eve.id, name)), quote]) {
        expect(await refused(db, eve, 'reply', { topic, body })).toBe('document_invalid')
      }
    },
  )
})

describe('how often', () => {
  test('a post is edited twelve times a minute, not more', async ({ db }) => {
    const eve = await db.person('eve')
    const topic = await open(db, eve)
    const { id: post } = await call(db, eve, 'reply', { topic, body: paragraphs('0') })
    for (let time = 1; time <= 12; time += 1) {
      await call(db, eve, 'edit_post', { post, body: paragraphs(String(time)) })
    }
    expect(await refused(db, eve, 'edit_post', { post, body: paragraphs('13') })).toBe('rate_limited')
    // What changes nothing is no edit.
    expect(await refused(db, eve, 'edit_post', { post, body: paragraphs('12') })).toBe('taken')
  })

  test('a hundred people are mentioned in a day, however: by posts, and by edits of them', async ({ db }) => {
    const eve = await db.person('eve')
    const topic = await open(db, eve)
    const twenty = () => Array.from({ length: 20 }, () => mention(crypto.randomUUID()))
    const { id: post } = await call(db, eve, 'reply', { topic, body: doc(...twenty()) })
    for (let time = 0; time < 4; time += 1) {
      await call(db, eve, 'edit_post', { post, body: doc(...twenty()) })
    }
    expect(await refused(db, eve, 'edit_post', { post, body: doc(...twenty()) })).toBe('rate_limited')
    expect(await refused(db, eve, 'reply', { topic, body: doc(mention(eve.id)) })).toBe('rate_limited')
    expect(await refused(db, eve, 'reply', { topic, body: paragraphs('Hello') })).toBe('taken')
  })
})

describe('what a moderator took away', () => {
  test('stays away for its author, also when the moderator has left', async ({ db }) => {
    const eve = await db.person('eve')
    const mo = await moderator(db, 'mo')
    const topic = await open(db, eve)
    await call(db, mo, 'delete_topic', { topic, reason: 'It advertises a product.' })
    await db.asOwner()
    await db.sql`delete from profiles where id = ${mo.id}`
    expect(await db.sql`select deleted_by from topics where id = ${topic}`).toEqual([{ deleted_by: null }])
    expect(await call(db, eve, 'restore_topic', { topic })).toMatchObject({ details: 'not_allowed' })
  })

  test('stays away for a moderator who wrote it', async ({ db }) => {
    const [mo, max] = [await moderator(db, 'mo'), await moderator(db, 'max')]
    const topic = await open(db, max)
    await call(db, mo, 'delete_topic', { topic, reason: 'It advertises a product.' })
    expect(await call(db, max, 'restore_topic', { topic })).toMatchObject({ details: 'not_allowed' })
    expect(await call(db, mo, 'restore_topic', { topic })).toMatchObject({ id: topic })
  })
})

test('a reply has not the id of a topic: what its author was told of it would go with the reply', async ({
  db,
}) => {
  const [ada, eve, mo] = [await db.person('ada'), await db.person('eve'), await moderator(db, 'mo')]
  const topic = await open(db, ada)
  const other = await open(db, eve)
  await call(db, mo, 'lock_topic', { topic })
  const reply = { topic: other, body: paragraphs('Mine'), id: topic }
  expect(await refused(db, eve, 'reply', reply)).toBe('id_taken')
})

test('whose writing is paused changes nothing of a topic that others see', async ({ db }) => {
  const eve = await db.person('eve')
  await db.sql`insert into tags (slug, name_en, name_ar) values ('pumps', 'Pumps', 'مضخات')`
  const topic = await open(db, eve)
  await db.asOwner()
  await db.sql`
    insert into private.cases (author_id, state, decision, note, until, decided_at)
    values (${eve.id}, 'decided', 'suspend', 'It advertises.', now() + interval '1 day', now())`
  for (const [name, more] of [
    ['edit_topic', { title: 'Buy this' }],
    ['edit_topic', { tags: ['pumps'] }],
    ['edit_topic', { visibility: 'organization' }],
    ['move_topic', { category: 'energy' }],
  ] as const) {
    expect(await refused(db, eve, name, { topic, ...more }), name).toBe('writing_paused')
  }
  // To take one's own back is not to write.
  expect(await refused(db, eve, 'delete_topic', { topic })).toBe('taken')
})
