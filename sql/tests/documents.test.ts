import { documentLimits } from '@p2p/contracts'
import { type Db, paragraphs, test } from '@p2p/database/testing'
import { describe, expect } from 'vitest'

type Json = Record<string, unknown>
const text = (words: string, ...marks: Json[]): Json => ({
  type: 'text',
  text: words,
  ...(marks.length ? { marks } : {}),
})
const node = (type: string, content?: Json[], attrs?: Json): Json => ({
  type,
  ...(attrs ? { attrs } : {}),
  ...(content ? { content } : {}),
})
const doc = (...content: Json[]) => node('doc', content)
const says = (...content: Json[]) => doc(node('paragraph', content))
const link = (href: unknown, more: Json = {}) => ({ type: 'link', attrs: { href, ...more } })
const nested = (levels: number): Json =>
  levels === 0 ? node('paragraph', [text('deep')]) : node('blockquote', [nested(levels - 1)])

const id = '00000000-0000-4000-8000-000000000001'
const cell = (attrs?: Json) => node('tableCell', [node('paragraph')], attrs)
const row = (...cells: Json[]) => node('tableRow', cells)
const table = (rows: number, columns: number) =>
  node(
    'table',
    Array.from({ length: rows }, () => row(...Array.from({ length: columns }, () => cell()))),
  )
const mention = (more: Json = {}) => node('mention', undefined, { id, label: 'Ada Lovelace', ...more })
const image = (more: Json = {}) =>
  node('image', undefined, { file: id, alt: 'A pump', width: 640, height: 480, ...more })
const attachment = (more: Json = {}) =>
  node('attachment', undefined, { file: id, name: 'plan.pdf', size: 1, type: 'application/pdf', ...more })

const isDocument = async (db: Db, document: unknown) =>
  (await db.sql`select private.is_document(${JSON.stringify(document)}::jsonb) as fine`)[0].fine

describe('a document may hold', () => {
  test.for<[string, unknown]>([
    ['a paragraph', paragraphs('Hello')],
    ['both scripts', paragraphs('مرحبا', 'Hello مرحبا 123')],
    [
      'an empty paragraph between two',
      doc(node('paragraph', [text('a')]), node('paragraph'), node('paragraph', [text('b')])),
    ],
    ['headings', doc(node('heading', [text('a')], { level: 2 }), node('heading', [text('b')], { level: 4 }))],
    [
      'lists in lists',
      doc(
        node('bulletList', [
          node('listItem', [
            node('paragraph', [text('a')]),
            node('orderedList', [node('listItem', [node('paragraph')])], { start: 3 }),
          ]),
        ]),
      ),
    ],
    ['a quote', doc(node('blockquote', [node('paragraph', [text('said')])]))],
    [
      'code',
      doc(
        node('codeBlock', [text('let x = 1')], { language: 'ts' }),
        node('codeBlock', [text('x')], { language: null }),
      ),
    ],
    [
      'a line and a break',
      doc(node('horizontalRule'), node('paragraph', [text('a'), node('hardBreak'), text('b')])),
    ],
    [
      'marks',
      says(text('a', { type: 'bold' }, { type: 'italic' }, { type: 'strike' }), text('b', { type: 'code' })),
    ],
    ['a table', doc(table(3, 3))],
    ['the largest table', doc(table(documentLimits.tableRows, documentLimits.tableColumns))],
    [
      'cells that span others',
      doc(
        node('table', [
          row(node('tableHeader', [node('paragraph')], { colspan: 2, rowspan: 1, colwidth: null })),
          row(cell({ rowspan: 2, colwidth: [120] }), cell()),
          row(cell()),
        ]),
      ),
    ],
    ['somebody who is mentioned', says(text('Ask '), mention(), text('first'))],
    ['a mention in bold', says({ ...mention(), marks: [{ type: 'bold' }] })],
    [
      'a quotation with its source',
      doc(node('blockquote', [node('paragraph', [text('said')])], { post: id, author: 'عمر' })),
    ],
    ['a quotation without one', doc(node('blockquote', [node('paragraph')], { post: null, author: null }))],
    ['a picture', doc(image())],
    [
      'a picture among the steps of a list',
      doc(node('bulletList', [node('listItem', [node('paragraph'), image()])])),
    ],
    ['an attachment', doc(attachment())],
    ['a link to the web', says(text('a', link('https://example.com/a?b=c#d')))],
    ['a link to a mailbox', says(text('a', link('mailto:ada@ada.example')))],
    ['as many levels as are allowed', doc(nested(documentLimits.depth - 2))],
  ])('%s', async ([, document], { db }) => {
    expect(await isDocument(db, document)).toBe(true)
  })
})

describe('a document may not hold', () => {
  test.for<[string, unknown]>([
    ['nothing', doc()],
    ['nothing at all', {}],
    ['a string instead of itself', 'doc'],
    ['an array instead of itself', [paragraphs('a')]],
    ['null', null],
    ['text outside a paragraph', doc(text('a'))],
    ['a script', doc(node('script', [text('alert(1)')]))],
    ['HTML', doc(node('html', [text('<b>')]))],
    ['a picture from elsewhere', doc(node('image', undefined, { src: 'https://example.com/a.png' }))],
    ['a picture with an address too', doc(image({ src: 'https://example.com/a.png' }))],
    ['a picture of no file', doc(image({ file: 'a.png' }))],
    ['a picture with a width of a page', doc(image({ width: '100%' }))],
    ['a picture amid words', says(text('a'), image())],
    ['an attachment without a name', doc(attachment({ name: '' }))],
    ['an attachment that is smaller than nothing', doc(attachment({ size: -1 }))],
    ['an attachment of a type that is markup', doc(attachment({ type: 'text/<b>' }))],
    ['a mention of nobody', says(node('mention', undefined, { id: null, label: 'Ada' }))],
    ['a mention without a name', says(mention({ label: '' }))],
    ['a mention in code', doc(node('codeBlock', [mention()]))],
    ['a quotation of an address', doc(node('blockquote', [node('paragraph')], { post: 'javascript:x' }))],
    ['a table in a table', doc(node('table', [row(node('tableCell', [table(1, 1)]))]))],
    ['a table in a quotation', doc(node('blockquote', [table(1, 1)]))],
    ['a table without rows', doc(node('table', []))],
    ['a table with words beside its cells', doc(node('table', [row(node('paragraph'))]))],
    ['a cell without a paragraph', doc(node('table', [row(node('tableCell', [text('a')]))]))],
    ['a cell over half a column', doc(node('table', [row(cell({ colspan: 1.5 }))]))],
    ['a cell over a number in words', doc(node('table', [row(cell({ colspan: '2' }))]))],
    ['a cell with a style', doc(node('table', [row(cell({ style: 'color:red' }))]))],
    ['a table with too many rows', doc(table(documentLimits.tableRows + 1, 1))],
    ['a table with too many columns', doc(table(1, documentLimits.tableColumns + 1))],
    ['a table that is made too wide by spans', doc(node('table', [row(cell({ colspan: 20 }), cell())]))],
    [
      'more mentions than are allowed',
      says(...Array.from({ length: documentLimits.mentions + 1 }, () => mention())),
    ],
    [
      'more pictures than are allowed',
      doc(...Array.from({ length: documentLimits.images + 1 }, () => image())),
    ],
    [
      'more attachments than are allowed',
      doc(...Array.from({ length: documentLimits.attachments + 1 }, () => attachment())),
    ],
    ['a mark that is two', says(text('a', { type: 'linkbold' }))],
    ['two marks in one name', says(text('a', { type: 'bold italic' }))],
    ['marks in an order the editor does not make', says(text('a', { type: 'italic' }, { type: 'bold' }))],
    [
      'a list of another type',
      doc(node('orderedList', [node('listItem', [node('paragraph')])], { type: 'a' })),
    ],
    ['a document in a document', doc(doc(node('paragraph')))],
    ['a link that runs', says(text('a', link('javascript:alert(1)')))],
    ['a link that runs in capitals', says(text('a', link('JavaScript:alert(1)')))],
    ['a link that runs behind a space', says(text('a', link(' javascript:alert(1)')))],
    ['a link that runs behind a tab', says(text('a', link('java\tscript:alert(1)')))],
    ['a data link', says(text('a', link('data:text/html,<script>')))],
    ['a link to a file', says(text('a', link('file:///etc/passwd')))],
    ['a link out of its attribute', says(text('a', link('https://a.example/" onclick="x')))],
    ['a link to nowhere', says(text('a', { type: 'link' }))],
    ['a link that is a number', says(text('a', link(1)))],
    ['a link with a class', says(text('a', link('https://a.example', { class: 'evil' })))],
    ['a link with a handler', says(text('a', link('https://a.example', { onclick: 'x' })))],
    ['an unknown mark', says(text('a', { type: 'highlight' }))],
    ['a mark twice', says(text('a', { type: 'bold' }, { type: 'bold' }))],
    ['code with another mark', says(text('a', { type: 'code' }, { type: 'bold' }))],
    ['marks in code', doc(node('codeBlock', [text('a', { type: 'bold' })]))],
    ['marks that are an object', says({ type: 'text', text: 'a', marks: {} })],
    ['a mark that is text', says({ type: 'text', text: 'a', marks: ['bold'] })],
    ['an attribute of style', doc(node('paragraph', [text('a')], { style: 'color:red' }))],
    ['a heading of the first level', doc(node('heading', [text('a')], { level: 1 }))],
    ['a heading of no level', doc(node('heading', [text('a')]))],
    ['a heading of a level in words', doc(node('heading', [text('a')], { level: '2' }))],
    ['a list of paragraphs', doc(node('bulletList', [node('paragraph')]))],
    ['an empty list', doc(node('bulletList', []))],
    [
      'a list item that opens with a list',
      doc(
        node('bulletList', [node('listItem', [node('bulletList', [node('listItem', [node('paragraph')])])])]),
      ),
    ],
    [
      'a list that starts nowhere',
      doc(node('orderedList', [node('listItem', [node('paragraph')])], { start: 'x' })),
    ],
    ['a language that is markup', doc(node('codeBlock', [text('a')], { language: '"><script>' }))],
    ['empty text', says(text(''))],
    ['text with content', says({ type: 'text', text: 'a', content: [] })],
    ['text that is a number', says({ type: 'text', text: 1 })],
    ['a paragraph with text of its own', doc({ type: 'paragraph', text: 'a' })],
    ['unknown keys', doc({ type: 'paragraph', onload: 'x' })],
    ['content that is an object', { type: 'doc', content: { 0: 'a' } }],
    ['a type that is an array', doc({ type: ['paragraph'] })],
    ['more levels than are allowed', doc(nested(documentLimits.depth))],
    ['more bytes than are allowed', paragraphs('x'.repeat(documentLimits.bytes))],
  ])('%s', async ([, document], { db }) => {
    // No answer counts as no: the function that writes asks for `true`.
    expect(await isDocument(db, document)).not.toBe(true)
  })
})

describe('what is said of a bad document', () => {
  test.for<[string, unknown, object]>([
    ['empty', paragraphs(' \u00a0 '), { code: 'PT422', detail: 'document_empty' }],
    ['nothing that shows', paragraphs('\u200B\u2060\uFEFF'), { code: 'PT422', detail: 'document_empty' }],
    ['2 MB', paragraphs('x'.repeat(2_000_000)), { code: 'PT413', detail: 'document_too_large' }],
    ['a script', doc(node('script')), { code: 'PT422', detail: 'document_invalid' }],
    ['no document', null, { code: 'PT422', detail: 'document_invalid' }],
    ['a number', 7, { code: 'PT422', detail: 'document_invalid' }],
  ])('%s', async ([, document, refusal], { db }) => {
    await expect(
      db.sql`select private.require_document(${JSON.stringify(document)}::jsonb)`,
    ).rejects.toMatchObject(refusal)
  })

  test('its words are read in order', async ({ db }) => {
    const document = doc(
      node('heading', [text('One')], { level: 2 }),
      nested(1),
      node('paragraph', [text('two'), node('hardBreak'), text('three')]),
    )
    const [row] = await db.sql`select private.document_text(${JSON.stringify(document)}::jsonb) as words`
    expect(row.words).toBe('One deep two three')
  })

  test('a picture alone says enough', async ({ db }) => {
    await db.sql`select private.require_document(${JSON.stringify(doc(image()))}::jsonb)`
  })
})

describe('what others ask of a document', () => {
  const other = '00000000-0000-4000-8000-000000000002'
  const document = doc(
    node('blockquote', [node('paragraph', [mention()])], { post: other, author: 'Bob' }),
    node('blockquote', [node('paragraph')], { post: null, author: null }),
    node('blockquote', [node('paragraph')]),
    node('paragraph', [mention(), text(' and '), mention({ id: other, label: 'Bob' })]),
    image(),
    attachment({ file: other }),
    node('bulletList', [node('listItem', [node('paragraph'), image({ file: other })])]),
  )

  test('whom it mentions, which files it shows, what it quotes', async ({ db }) => {
    const ask = (body: unknown) => db.sql`
      select private.document_mentions(${body}) as mentions, private.document_files(${body}) as files,
        private.document_quotes(${body}) as quotes`
    expect(await ask(JSON.stringify(document))).toEqual([
      { mentions: [id, other], files: [id, other], quotes: [other] },
    ])
    expect(await ask(JSON.stringify(paragraphs('Hello')))).toEqual([{ mentions: [], files: [], quotes: [] }])
    expect(await ask(null)).toEqual([{ mentions: [], files: [], quotes: [] }])
  })

  test('who is mentioned is among its words', async ({ db }) => {
    const [row] = await db.sql`select private.document_text(${JSON.stringify(document)}::jsonb) as words`
    expect(row.words).toBe('@Ada Lovelace @Ada Lovelace and @Bob')
  })
})
