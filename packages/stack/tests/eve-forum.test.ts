import { deletePost, editPost, openTopic, readTopic, reply } from '@p2p/client'
import type { RichText } from '@p2p/contracts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Ground, startGround } from '../testing/ground.ts'
import { document, founder, member, type Person, rowsOf } from './companies.ts'

/* Eve is a member like any other, and hostile: what she does in the forum with ids and contents that are not hers. */

let stack: Ground
let ada: Person
let eve: Person
let shared: string
let secret: string
beforeAll(async () => {
  stack = await startGround()
  ada = await member(stack, founder('Ada'))
  eve = await member(stack, founder('Eve'))
  shared = await open(ada, 'community')
  secret = await open(ada, 'organization')
})
afterAll(() => stack?.stop())

const sql = (text: string, values?: unknown[]) => rowsOf(stack, text, values)

const open = ({ supabase }: Person, visibility: 'community' | 'organization', id?: string) =>
  openTopic(supabase, {
    category: 'energy',
    title: 'Our furnace',
    body: document('It draws too much.'),
    visibility,
    ...(id && { id }),
  })

const openingOf = async (topic: string): Promise<string> =>
  (await sql('select id from public.posts where topic_id = $1 and number = 1', [topic]))[0]?.id

/** All that people have written. */
const everything = () =>
  sql(`select posts.*, topics.title, topics.reply_count, topics.deleted_at as topic_deleted_at
       from public.posts join public.topics on topics.id = topic_id order by posts.id`)

describe('Eve with an id she should not have', () => {
  const body = document('Eve was here')
  const nobodys = '00000000-0000-4000-8000-000000000000'

  test('learns no more of another company’s topic than of one that is not there', async () => {
    const post = await openingOf(secret)
    const answer = await reply(ada.supabase, { topic: secret, body: document('Yes') })
    const before = await everything()
    const attempts = {
      read: (id: string) => readTopic(eve.supabase, { topic: id }),
      reply: (id: string) => reply(eve.supabase, { topic: id, body }),
      'reply to a post': (id: string) => reply(eve.supabase, { topic: id, parent: post, body }),
    }
    for (const [what, attempt] of Object.entries(attempts)) {
      const [real, made] = await Promise.all([secret, nobodys].map((id) => refusalOf(attempt(id))))
      expect(real, what).toMatchObject({ code: 'not_found' })
      expect(real, what).toEqual(made)
    }
    for (const act of [(id: string) => editPost(eve.supabase, { post: id, body }), deletePostAs(eve)]) {
      const [opening, other, made] = await Promise.all(
        [post, answer.id, nobodys].map((id) => refusalOf(act(id))),
      )
      for (const refusal of [opening, other, made]) expect(refusal).toMatchObject({ code: 'not_found' })
    }
    expect(await everything()).toEqual(before)
  })

  test('changes nothing that Ada wrote for all to read', async () => {
    const post = await openingOf(shared)
    const before = await everything()
    const notHers = { code: 'not_allowed' }
    await expect(editPost(eve.supabase, { post, body })).rejects.toMatchObject(notHers)
    await expect(deletePost(eve.supabase, post)).rejects.toMatchObject(notHers)
    expect(await everything()).toEqual(before)
  })

  test('cannot hang her answer on a post of another topic, nor on one that is gone', async () => {
    const other = await openingOf(await open(ada, 'community'))
    const gone = await reply(ada.supabase, { topic: shared, body: document('Wrong') })
    await deletePost(ada.supabase, gone.id)
    for (const parent of [other, await openingOf(secret), gone.id, nobodys]) {
      await expect(reply(eve.supabase, { topic: shared, parent, body })).rejects.toMatchObject({
        code: 'parent_invalid',
      })
    }
  })

  test('cannot take an id that is in use, and is not shown what it stands for', async () => {
    const adas = await reply(ada.supabase, { topic: shared, body: document('Ada’s own') })
    const before = await everything()
    for (const id of [adas.id, await openingOf(shared), await openingOf(secret)]) {
      const refusal = await refusalOf(reply(eve.supabase, { topic: shared, body, id }))
      expect(refusal).toEqual({ code: 'id_taken', message: expect.any(String) })
    }
    for (const id of [shared, secret]) {
      await expect(open(eve, 'community', id)).rejects.toMatchObject({ code: 'id_taken' })
    }
    expect(await everything()).toEqual(before)
  })

  test('writes nothing into a topic that is closed, not even what was hers', async () => {
    const topic = await open(eve, 'community')
    const post = await openingOf(topic)
    await sql('update public.topics set locked_at = now() where id = $1', [topic])
    const closed = { code: 'topic_locked' }
    await expect(reply(eve.supabase, { topic, body })).rejects.toMatchObject(closed)
    await expect(editPost(eve.supabase, { post, body })).rejects.toMatchObject(closed)
    await expect(deletePost(eve.supabase, post)).rejects.toMatchObject(closed)
  })
})

const deletePostAs =
  ({ supabase }: Person) =>
  (id: string) =>
    deletePost(supabase, id)

const refusalOf = (act: Promise<unknown>): Promise<{ code: string; message: string }> =>
  act.then(
    () => Promise.reject(new Error('This was not refused.')),
    ({ code, message }) => ({ code, message }),
  )

describe('what Eve writes', () => {
  const text = (marks: unknown[], more: object = {}) => ({
    type: 'doc',
    content: [
      {
        type: 'paragraph',
        content: [
          {
            type: 'text',
            text: 'click',
            marks,
            ...more,
          },
        ],
      },
    ],
  })
  const link = (href: unknown, more: object = {}) => text([{ type: 'link', attrs: { href, ...more } }])
  const node = (one: unknown) => ({ type: 'doc', content: [one] })
  const nested = (levels: number) => {
    let inner: unknown = { type: 'paragraph', content: [{ type: 'text', text: 'deep' }] }
    for (let level = 0; level < levels; level += 1) inner = { type: 'blockquote', content: [inner] }
    return node(inner)
  }
  const hostile: Record<string, unknown> = {
    'a script element': node({ type: 'script', content: [{ type: 'text', text: 'alert(1)' }] }),
    'a picture that runs': node({ type: 'image', attrs: { src: 'x', onerror: 'alert(1)' } }),
    'raw HTML': node({ type: 'html', attrs: { html: '<script>alert(1)</script>' } }),
    'a javascript link': link('javascript:alert(1)'),
    'one in capitals': link('JaVaScRiPt:alert(1)'),
    'one behind a space': link(' javascript:alert(1)'),
    'one behind a tab': link('java\tscript:alert(1)'),
    'a data link': link('data:text/html,<script>alert(1)</script>'),
    'a file link': link('file:///etc/passwd'),
    'a link that closes its quote': link('https://x.example/" onmouseover="alert(1)'),
    'a link with a handler': link('https://x.example', { onclick: 'alert(1)' }),
    'a link that is an object': link({ toString: 'javascript:alert(1)' }),
    'a style': text([{ type: 'textStyle', attrs: { style: 'position:fixed' } }]),
    'an attribute on a paragraph': node({ type: 'paragraph', attrs: { style: 'x' } }),
    'a field nobody knows': { ...document('hello'), onload: 'alert(1)' },
    'a field of a prototype': JSON.parse('{"type":"doc","content":[],"__proto__":{"x":1}}'),
    'a hundred levels': nested(100),
    'no document': null,
    'a number': 7,
    'a text': 'hello',
    'a document in a text': JSON.stringify(document('hello')),
    'a list of documents': [document('hello')],
  }
  const write = (body: unknown) => reply(eve.supabase, { topic: shared, body: body as RichText })

  for (const [what, body] of Object.entries(hostile)) {
    test(`${what} is refused`, async () => {
      await expect(write(body)).rejects.toMatchObject({ code: 'document_invalid' })
    })
  }

  test('the text of a script is text, as she typed it', async () => {
    const { body } = await write(document('<script>alert(1)</script><img src=x onerror=alert(1)>'))
    expect(body).toEqual(document('<script>alert(1)</script><img src=x onerror=alert(1)>'))
  })

  test('two megabytes are too much, with an answer', async () => {
    for (const body of [
      document('x'.repeat(2_000_000)),
      link(`https://x.example/${'x'.repeat(2_000_000)}`),
    ]) {
      await expect(write(body)).rejects.toMatchObject({ code: 'document_too_large' })
    }
    const many = { type: 'doc', content: Array(60_000).fill({ type: 'horizontalRule' }) }
    await expect(write(many)).rejects.toMatchObject({ code: 'document_too_large' })
  })

  test('what shows nothing is nothing, as a post and as a title', async () => {
    for (const blank of '\u0020\u00A0\u2003\u200B\u2060\u200F\u061C\u2800\u3164\uFEFF') {
      await expect(write(document(blank))).rejects.toMatchObject({ code: 'document_empty' })
      const topic = {
        category: 'energy',
        title: blank.repeat(4),
        body: document('x'),
        visibility: 'community',
      } as const
      await expect(openTopic(eve.supabase, topic)).rejects.toMatchObject({ code: 'title_invalid' })
    }
  })
})
