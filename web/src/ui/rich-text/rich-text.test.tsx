import i18n from 'i18next'
import { renderToStaticMarkup } from 'react-dom/server'
import { initReactI18next } from 'react-i18next'
import { describe, expect, test } from 'vitest'
import translation from '../../locales/en/index.ts'
import type { DocumentLinks } from './links.ts'
import { RichText } from './rich-text.tsx'

await i18n.use(initReactI18next).init({ lng: 'en', resources: { en: { translation } } })

const show = (document: unknown, links: DocumentLinks = {}) =>
  renderToStaticMarkup(<RichText document={document} links={links} />)
const doc = (...content: unknown[]) => ({ type: 'doc', content })
const text = (words: string, ...marks: unknown[]) => ({ type: 'text', text: words, marks })
const paragraph = (...content: unknown[]) => ({ type: 'paragraph', content })

describe('a stored document', () => {
  test('is shown block by block, each in its own direction', () => {
    const html = show(
      doc(
        { type: 'heading', attrs: { level: 3 }, content: [text('عنوان')] },
        paragraph(text('bold', { type: 'bold' }), { type: 'hardBreak' }, text('x', { type: 'code' })),
        { type: 'bulletList', content: [{ type: 'listItem', content: [paragraph(text('one'))] }] },
        {
          type: 'orderedList',
          attrs: { start: 4 },
          content: [{ type: 'listItem', content: [paragraph(text('four'))] }],
        },
        { type: 'blockquote', content: [paragraph(text('said'))] },
        { type: 'codeBlock', attrs: { language: null }, content: [{ type: 'text', text: 'a < b' }] },
        { type: 'horizontalRule' },
      ),
    )
    expect(html).toContain('<h3 dir="auto">عنوان</h3>')
    expect(html).toContain('<p dir="auto"><strong>bold</strong><br/><code dir="ltr">x</code></p>')
    expect(html).toContain('<ul><li dir="auto"><p>one</p></li></ul>')
    expect(html).toContain('<ol start="4">')
    expect(html).toContain('<blockquote dir="auto"><p>said</p></blockquote>')
    expect(html).toContain('<code>a &lt; b</code>')
    expect(html).toContain('<hr/>')
  })

  test('opens its links elsewhere and vouches for none of them', () => {
    const html = show(
      doc(paragraph(text('here', { type: 'link', attrs: { href: 'https://example.com/a' } }))),
    )
    expect(html).toContain(
      '<a href="https://example.com/a" rel="noopener noreferrer nofollow ugc" target="_blank">here</a>',
    )
  })
})

const id = '00000000-0000-4000-8000-000000000001'
const image = { type: 'image', attrs: { file: id, alt: 'A pump', width: 640, height: 480 } }
const attachment = {
  type: 'attachment',
  attrs: { file: id, name: 'plan.pdf', size: 1200, type: 'application/pdf' },
}

describe('what a document points to', () => {
  test('somebody who is mentioned', () => {
    const document = doc(paragraph({ type: 'mention', attrs: { id, label: 'عمر' } }))
    expect(show(document)).toContain('<bdi>@عمر</bdi>')
    const mention: DocumentLinks['mention'] = (person, name) => <a href={`/people/${person}`}>{name}</a>
    expect(show(document, { mention })).toContain(`<a href="/people/${id}"><bdi>@عمر</bdi></a>`)
  })

  test('a post that is quoted', () => {
    const quotation = (attrs: unknown) =>
      doc({ type: 'blockquote', attrs, content: [paragraph(text('said'))] })
    const quote: DocumentLinks['quote'] = (post, words) => <a href={`#${post}`}>{words}</a>
    expect(show(quotation({ post: id, author: 'Omar' }), { quote })).toContain(
      `<figcaption><a href="#${id}">\u2068Omar\u2069 wrote:</a></figcaption><blockquote dir="auto">`,
    )
    expect(show(quotation({ post: null, author: 'Omar' }), { quote })).toContain(
      '<figcaption>\u2068Omar\u2069 wrote:</figcaption>',
    )
    expect(show(quotation({ post: 'javascript:x', author: '' }), { quote })).not.toContain('figcaption')
  })

  test('a picture: shown, or not to be had', () => {
    const picture: DocumentLinks['picture'] = ({ file, alt, width, height }) => (
      <img src={`/${file}`} alt={alt} width={width ?? 0} height={height ?? 0} />
    )
    expect(show(doc(image), { picture })).toContain(`src="/${id}" alt="A pump" width="640" height="480"`)
    expect(show(doc({ type: 'image', attrs: { file: '../x' } }), { picture })).not.toContain('<img')
    expect(show(doc(image))).toContain(translation.ui.picture.missing)
  })

  test('an attachment: to be had or not', () => {
    const line: DocumentLinks['attachment'] = ({ file, name }) => <a href={`/${file}`}>{name}</a>
    expect(show(doc(attachment), { attachment: line })).toContain(`<a href="/${id}">plan.pdf</a>`)
    expect(show(doc(attachment))).toMatch(/plan\.pdf.*1\.2 kB/)
    expect(show(doc(attachment))).toContain(translation.ui.file.missing)
    expect(show(doc({ type: 'attachment' }))).toContain(translation.ui.file.unnamed)
  })
})

test('a table is a table, each cell in its own direction, and an empty heading is none', () => {
  const cell = (type: string, attrs: unknown, ...content: unknown[]) => ({
    type,
    attrs,
    content: [paragraph(...content)],
  })
  const html = show(
    doc({
      type: 'table',
      content: [
        { type: 'tableRow', content: [cell('tableHeader', {}), cell('tableHeader', {}, text('Cost'))] },
        { type: 'tableRow', content: [cell('tableCell', { colspan: 2, rowspan: '3' }, text('س'))] },
      ],
    }),
  )
  expect(html).toContain('<tr><td dir="auto"><p></p></td><th dir="auto"><p>Cost</p></th></tr>')
  expect(html).toContain('<td dir="auto" colSpan="2"><p>س</p></td>')
})

describe('a hostile document', () => {
  test.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    '\u0001javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    '//evil.example',
    '/verify?token_hash=x',
    'https://evil.example/" onmouseover="alert(1)',
    42,
    null,
    { toString: () => 'https://example.com' },
  ])('loses a link to %s and keeps its words', (href) => {
    const html = show(doc(paragraph(text('words', { type: 'link', attrs: { href } }))))
    expect(html).toContain('<p dir="auto">words</p>')
    expect(html).not.toContain('<a')
  })

  test('can bring no element of its own', () => {
    const html = show(
      doc(
        { type: 'script', content: [text('alert(1)')] },
        { type: 'iframe', attrs: { src: 'https://evil.example' } },
        { type: 'image', attrs: { src: 'x', onerror: 'alert(1)' } },
        paragraph(
          text('<img src=x onerror=alert(1)>'),
          text('plain', { type: 'style' }, { type: 'constructor' }),
        ),
        { type: '__proto__', content: [paragraph(text('still here'))] },
        { type: 'toString', content: [] },
      ),
    )
    expect(html).not.toMatch(/<(script|iframe|img|style)/)
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;')
    expect(html).toContain('still here')
  })

  test('can give no attribute to an element', () => {
    const html = show(
      doc(
        {
          type: 'heading',
          attrs: { level: 'script', onclick: 'alert(1)', style: 'position:fixed' },
          content: [text('h')],
        },
        { type: 'orderedList', attrs: { start: '1" onclick="x' }, content: [] },
        { type: 'codeBlock', attrs: { language: '"><script>' }, content: [{ type: 'text', text: 'c' }] },
      ),
    )
    expect(html).toContain('<h2 dir="auto">h</h2>')
    expect(html).toContain('<ol start="1">')
    expect(html).not.toMatch(/onclick|style=|<script/)
  })

  test.each([
    null,
    'text',
    42,
    [],
    {},
    { type: 'doc', content: 'x' },
    { type: 'doc', content: [{ type: 'text', text: 5 }] },
    { type: 'doc', content: [null] },
    { type: 'doc', content: [{ type: 'paragraph', marks: 'bold' }] },
  ])('that is no document at all (%j) says so instead of breaking the page', (document) => {
    expect(show(document)).toContain(translation.ui.unreadable)
  })
})
