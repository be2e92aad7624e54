import { paragraphs, test } from '@p2p/database/testing'
import { describe, expect } from 'vitest'
import { call, moderator, refused, scene } from './moderating.ts'

describe('what is published', () => {
  const linked = (...hrefs: string[]) => ({
    type: 'doc',
    content: [
      {
        type: 'paragraph',
        content: hrefs.map((href) => ({
          type: 'text',
          text: 'here ',
          marks: [{ type: 'link', attrs: { href } }],
        })),
      },
    ],
  })

  test('twelve posts a minute, and two links in the first three days', async ({ db }) => {
    const { ada, bob, topic } = await scene(db)
    const three = linked('https://a.example/', 'https://b.example/', 'https://c.example/')
    await refused(db, bob, 'reply', { topic, body: three }, [422, 'links_not_yet'])
    await call(db, bob, 'reply', {
      topic,
      body: linked('https://a.example/', 'https://a.example/', 'https://b.example/'),
    })
    await db.asOwner()
    await db.sql`update profiles set created_at = now() - interval '4 days' where id = ${bob.id}`
    await call(db, bob, 'reply', { topic, body: three })
    await db.asOwner()
    await db.sql`select take_rate_limit('posts.minute', ${ada.id}, 12, 60) from generate_series(1, 12)`
    await expect(call(db, ada, 'reply', { topic, body: paragraphs('One more') })).rejects.toThrow(
      /rate_limited/,
    )
  })

  test('watched words are found whole, in either script and any spelling; links by their host', async ({
    db,
  }) => {
    const { bob, mo, topic } = await scene(db)
    const pat = await moderator(db, 'pat', 'admin')
    await db.secondFactor(pat)
    const watch = (word: string, kind: string, action: string) =>
      call(db, pat, 'save_watched_word', { word, kind, action })
    await watch('casino', 'word', 'refuse')
    await watch('مُراهنة', 'word', 'refuse')
    await watch('https://evil.example/path', 'link', 'refuse')
    await watch('discount offer', 'word', 'report')
    const no: [number, string] = [422, 'words_refused']
    for (const text of ['The CASINO, again', 'a (casíno)', 'هذه مراهنه كبيرة', 'see evil.example now'])
      await refused(db, bob, 'reply', { topic, body: paragraphs(text) }, no)
    const addresses = [
      'https://evil.example',
      'http://www.EVIL.example./x',
      'https://good.example@evil.example:8080/',
      'https://evil.example\\@good.example/',
    ]
    for (const href of addresses) await refused(db, bob, 'reply', { topic, body: linked(href) }, no)
    await refused(
      db,
      bob,
      'open_topic',
      { category: 'quality', title: 'My casino', body: paragraphs('Hello') },
      no,
    )
    await call(db, bob, 'reply', { topic, body: paragraphs('casinos and notevil.example') })
    expect((await call(db, mo, 'list_cases')).cases).toEqual([])
    await call(db, bob, 'reply', { topic, body: paragraphs('A discount; offer it!') })
    expect((await call(db, mo, 'list_cases')).cases).toMatchObject([
      { found: ['discount offer'], reasons: {} },
    ])
  })

  test('what a company writes to itself is looked at once it is opened to all', async ({ db }) => {
    const { ada, mo, topic } = await scene(db, 'organization')
    const pat = await moderator(db, 'pat', 'admin')
    await db.secondFactor(pat)
    await call(db, pat, 'save_watched_word', { word: 'our price', kind: 'word', action: 'report' })
    await db.asOwner()
    await db.sql`update posts set body = null, deleted_at = now() where topic_id = ${topic} and author_id <> ${ada.id}`
    await call(db, ada, 'reply', { topic, body: paragraphs('Our price is 4.10') })
    await call(db, ada, 'edit_topic', { topic, title: 'Our price and theirs' })
    expect((await call(db, mo, 'list_cases')).cases).toEqual([])
    await call(db, ada, 'edit_topic', { topic, visibility: 'community' })
    expect((await call(db, mo, 'list_cases')).cases).toMatchObject([
      { found: ['our price'] },
      { found: ['our price'] },
    ])
  })

  test('the list of words is for platform admins to see and to change', async ({ db }) => {
    const [ada, pat] = [await db.person('ada'), await moderator(db, 'pat', 'admin')]
    await db.secondFactor(pat)
    const watched = await call(db, pat, 'save_watched_word', {
      word: 'casino',
      kind: 'word',
      action: 'refuse',
    })
    expect(
      await call(db, pat, 'save_watched_word', { word: 'Casino', kind: 'word', action: 'report' }),
    ).toMatchObject({ id: watched.id, action: 'report' })
    await refused(db, pat, 'save_watched_word', { word: '!!', kind: 'word', action: 'report' }, [
      422,
      'watched_word_invalid',
    ])
    await refused(db, pat, 'save_watched_word', { word: 'nohost', kind: 'link', action: 'report' }, [
      422,
      'watched_word_invalid',
    ])
    expect(await call(db, ada, 'remove_watched_word', { id: watched.id })).toMatchObject({
      details: 'not_allowed',
    })
    await db.as(ada)
    expect(await db.sql`select from watched_words`).toEqual([])
    await call(db, pat, 'remove_watched_word', { id: watched.id })
    expect(await db.sql`select from watched_words`).toEqual([])
  })
})
