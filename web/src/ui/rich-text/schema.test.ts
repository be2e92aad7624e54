import { generateHTML, generateJSON, getSchema } from '@tiptap/core'
import { describe, expect, test } from 'vitest'
import { marks, nodes } from './rich-text.tsx'
import { schemaExtensions } from './schema.ts'

const schema = getSchema(schemaExtensions)
const stored = (html: string) => generateJSON(html, schemaExtensions)

/** Every attribute name in a document, by the node or mark that carries it. */
function attributesIn(value: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const each of value) attributesIn(each, found)
  else if (typeof value === 'object' && value !== null) {
    const { type, attrs, content, marks } = value as Record<string, unknown>
    for (const name of Object.keys(attrs ?? {})) found.add(`${String(type)}.${name}`)
    attributesIn(content, found)
    attributesIn(marks, found)
  }
  return found
}

describe('the schema of a post', () => {
  test('holds exactly the nodes and marks that the database allows', () => {
    expect(Object.keys(schema.nodes).toSorted()).toEqual(
      [
        'attachment',
        'blockquote',
        'bulletList',
        'codeBlock',
        'doc',
        'hardBreak',
        'heading',
        'horizontalRule',
        'image',
        'listItem',
        'mention',
        'orderedList',
        'paragraph',
        'table',
        'tableCell',
        'tableHeader',
        'tableRow',
        'text',
      ].toSorted(),
    )
    expect(Object.keys(schema.marks).toSorted()).toEqual(['bold', 'code', 'italic', 'link', 'strike'])
  })

  test('is what the renderer shows, no more and no less', () => {
    expect(Object.keys(nodes).toSorted()).toEqual(Object.keys(schema.nodes).toSorted())
    expect(Object.keys(marks).toSorted()).toEqual(Object.keys(schema.marks).toSorted())
  })

  test('has no attribute beside those the database allows', () => {
    const types = [...Object.values(schema.nodes), ...Object.values(schema.marks)]
    const attributes = types.flatMap((type) =>
      Object.keys(type.spec.attrs ?? {}).map((name) => `${type.name}.${name}`),
    )
    expect(attributes.toSorted()).toEqual([
      'attachment.file',
      'attachment.name',
      'attachment.size',
      'attachment.type',
      'blockquote.author',
      'blockquote.post',
      'codeBlock.language',
      'heading.level',
      'image.alt',
      'image.file',
      'image.height',
      'image.width',
      'link.href',
      'mention.id',
      'mention.label',
      'orderedList.start',
      'tableCell.colspan',
      'tableCell.colwidth',
      'tableCell.rowspan',
      'tableHeader.colspan',
      'tableHeader.colwidth',
      'tableHeader.rowspan',
    ])
  })

  test('survives its own clipboard', () => {
    const id = '00000000-0000-4000-8000-000000000001'
    const paragraph = { type: 'paragraph', content: [{ type: 'text', text: 'said' }] }
    const document = {
      type: 'doc',
      content: [
        { type: 'blockquote', attrs: { post: id, author: 'عمر' }, content: [paragraph] },
        { type: 'paragraph', content: [{ type: 'mention', attrs: { id, label: 'Ada Lovelace' } }] },
        { type: 'image', attrs: { file: id, alt: 'A pump', width: 640, height: null } },
        { type: 'attachment', attrs: { file: id, name: 'plan.pdf', size: 12, type: 'application/pdf' } },
        {
          type: 'table',
          content: [
            {
              type: 'tableRow',
              content: [
                {
                  type: 'tableHeader',
                  attrs: { colspan: 2, rowspan: 1, colwidth: null },
                  content: [paragraph],
                },
              ],
            },
          ],
        },
      ],
    }
    expect(stored(generateHTML(document, schemaExtensions))).toEqual(document)
  })

  test.each([
    '<figure data-image="x"></figure>',
    '<img src="https://a.example/x.png">',
    '<div data-attachment="x"></div>',
    '<p><span data-mention="x" data-label="Ada">@Ada</span></p>',
    '<p><span data-mention="00000000-0000-4000-8000-000000000001">@Ada</span></p>',
  ])('takes no stranger for its own: %s', (html) => {
    expect(JSON.stringify(stored(html))).not.toMatch(/"(image|attachment|mention)"/)
  })
})

describe('what is pasted', () => {
  test('keeps its structure and loses its looks', () => {
    const document = stored(`
      <h2 style="color: red" dir="rtl" id="x">Title</h2>
      <p style="text-align: center" class="fancy" onclick="alert(1)">Some <b style="font-size: 40px">bold</b> words</p>
      <ol start="3" type="a" dir="rtl"><li>three</li></ol>
      <pre><code class="language-TS">const a = 1</code></pre>
      <p><a href="https://example.com" target="_blank" rel="x" class="y" title="z">link</a></p>
      <table><tr><td>cell</td></tr></table><img src=x onerror=alert(1)><script>alert(1)</script>`)
    expect([...attributesIn(document)].toSorted()).toEqual([
      'codeBlock.language',
      'heading.level',
      'link.href',
      'orderedList.start',
      'tableCell.colspan',
      'tableCell.colwidth',
      'tableCell.rowspan',
    ])
    const text = JSON.stringify(document)
    expect(text).toContain('"start":3')
    expect(text).toContain('"language":null')
    expect(text).not.toMatch(/alert|style|onerror|rtl/)
  })

  test.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    '/relative',
    '//host/path',
    ' javascript:alert(1)',
  ])('loses a link to %s and keeps its words', (href) => {
    const document = stored(`<p><a href="${href}">words</a></p>`)
    expect(JSON.stringify(document)).toContain('words')
    expect(attributesIn(document)).toEqual(new Set())
  })

  test.each([
    ['abc', 1],
    ['-4', 1],
    ['99999999999999999999', 1],
    ['7', 7],
  ])('numbers a list that starts at %s from %i', (start, first) => {
    expect(stored(`<ol start="${start}"><li>x</li></ol>`).content[0].attrs).toEqual({ start: first })
  })
})
