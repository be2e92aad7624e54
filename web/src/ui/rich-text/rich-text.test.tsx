import i18n from 'i18next'
import { renderToStaticMarkup } from 'react-dom/server'
import { initReactI18next } from 'react-i18next'
import { describe, expect, test } from 'vitest'
import translation from '../../locales/en/index.ts'
import { RichText } from './rich-text.tsx'

await i18n.use(initReactI18next).init({ lng: 'en', resources: { en: { translation } } })

const show = (document: unknown) => renderToStaticMarkup(<RichText document={document} />)
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
