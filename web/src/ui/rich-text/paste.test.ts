import { generateJSON, type JSONContent } from '@tiptap/core'
import { describe, expect, test } from 'vitest'
import { cleanPaste, cleanText, filesIn } from './paste.ts'
import { schemaExtensions } from './schema.ts'

const pasted = (html: string): JSONContent => generateJSON(cleanPaste(html), schemaExtensions)

/** A document as an outline: `bulletList(listItem(paragraph("a")))`. */
function outline(node: JSONContent): string {
  const inside = (node.content ?? []).map(outline).join(' ')
  if (node.type === 'text') {
    const marks = (node.marks ?? []).map(({ type }) => `${type}:`).join('')
    return `${marks}${node.text?.replaceAll(/\s+/g, ' ').trim()}`
  }
  return `${node.type}(${inside})`
}
const outlineOf = (html: string) => (pasted(html).content ?? []).map(outline)

const word = (body: string) => `<html xmlns:o="urn:schemas-microsoft-com:office:office">
  <head><meta name=Generator content="Microsoft Word 15"><style><!-- p.MsoNormal {margin:0cm; color:red} --></style></head>
  <body lang=EN-GB style='tab-interval:36.0pt'><!--StartFragment-->${body}<!--EndFragment--></body></html>`

const item = (level: number, marker: string, text: string) =>
  `<p class=MsoListParagraphCxSpMiddle style='text-indent:-18.0pt;mso-list:l0 level${level} lfo1'>
    <![if !supportLists]><span style='font-family:Symbol;mso-list:Ignore'>${marker}<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]>${text}<o:p></o:p></p>`

test('a list from Word is a list again, with those within it', () => {
  expect(
    outlineOf(
      word(
        `<p class=MsoNormal>Steps<o:p></o:p></p>${item(1, '1.', 'Stop')}${item(2, '·', 'the <b>pump</b>')}${item(2, '·', 'the fan')}${item(1, '2.', 'Wait')}<p class=MsoNormal>Done</p>`,
      ),
    ),
  ).toEqual([
    'paragraph(Steps)',
    'orderedList(listItem(paragraph(Stop) bulletList(listItem(paragraph(the bold:pump)) listItem(paragraph(the fan)))) listItem(paragraph(Wait)))',
    'paragraph(Done)',
  ])
})

test('an Arabic list from Word goes on from its number', () => {
  const [list] = pasted(word(`${item(1, '3.', 'افتح الصمام')}${item(1, '4.', 'انتظر')}`)).content ?? []
  expect(list?.attrs).toEqual({ start: 3 })
  expect(list && outline(list)).toBe(
    'orderedList(listItem(paragraph(افتح الصمام)) listItem(paragraph(انتظر)))',
  )
})

test('of two lists from Word, one right below the other, each begins anew', () => {
  const another = (words: string) => item(1, '1.', words).replace('l0 level1 lfo1', 'l1 level1 lfo2')
  expect(outlineOf(word(`${item(1, '1.', 'a')}${item(1, '2.', 'b')}${another('c')}`))).toEqual([
    'orderedList(listItem(paragraph(a)) listItem(paragraph(b)))',
    'orderedList(listItem(paragraph(c)))',
  ])
})

test('a list that Word wrote as a list stays one', () => {
  const bullets = ['One', 'Two'].map(
    (words) =>
      `<li class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span>${words}<o:p></o:p></span></li>`,
  )
  expect(outlineOf(word(`<ul style='margin-top:0in' type=disc>${bullets.join('')}</ul>`))).toEqual([
    'bulletList(listItem(paragraph(One)) listItem(paragraph(Two)))',
  ])
})

test('a numbered heading from Word stays a heading and keeps its number; a bullet goes', () => {
  const heading = (marker: string, words: string) =>
    `<h1 style='mso-list:l1 level2 lfo3'><![if !supportLists]><span style='mso-list:Ignore'>${marker}<span>&nbsp;&nbsp; </span></span><![endif]>${words}<o:p></o:p></h1>`
  const html = word(`${heading('2.3', 'Results')}${heading('o', 'Costs')}<h2><o:p>&nbsp;</o:p></h2>`)
  expect(outlineOf(html)).toEqual(['heading(2.3 Results)', 'heading(Costs)'])
  expect(
    pasted(html)
      .content?.[0]?.content?.map(({ text }) => text)
      .join(''),
  ).toBe('2.3 Results')
})

test('what Word leaves between paragraphs is gone, and so are its looks', () => {
  const html = word(`<h1 style='color:#2F5496'>Report<o:p></o:p></h1>
    <p class=MsoNormal><span style='font-size:26pt;mso-ansi-language:AR-SA'>Text</span><o:p></o:p></p>
    <p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>More</p>`)
  expect(outlineOf(html)).toEqual(['heading(Report)', 'paragraph(Text)', 'paragraph(More)'])
  expect(pasted(html).content?.[0]?.attrs).toEqual({ level: 2 })
  expect(JSON.stringify(pasted(html))).not.toMatch(/color|font|mso/)
})

test('a table from Excel is a table', () => {
  const html = `<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><style>.xl65 {mso-number-format:"0.00"}</style></head>
    <body><table border=0 cellpadding=0 width=192 style='border-collapse:collapse;width:144pt'>
    <colgroup><col width=64 span=2 style='width:48pt'></colgroup>
    <tr height=20 style='height:15.0pt'><td class=xl65 width=64>Line</td><td class=xl65>kWh</td></tr>
    <tr><td colspan=2 rowspan=900>A</td></tr><tr><td></td><td align=right>12.5</td></tr></table></body></html>`
  expect(outlineOf(html)).toEqual([
    'table(tableRow(tableCell(paragraph(Line)) tableCell(paragraph(kWh))) tableRow(tableCell(paragraph(A))) tableRow(tableCell(paragraph()) tableCell(paragraph(12.5))))',
  ])
  const cell = pasted(html).content?.[0]?.content?.[1]?.content?.[0]
  expect(cell?.attrs).toEqual({ colspan: 2, rowspan: 1, colwidth: null })
})

test('a text from Google Docs keeps its bold, its lists and its table', () => {
  expect(
    outlineOf(`<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1">
      <p dir="ltr" style="line-height:1.38"><span style="font-size:11pt;font-weight:700">Bold</span><span style="font-weight:400"> plain</span></p>
      <ul><li dir="ltr" style="list-style-type:disc" aria-level="1"><p dir="ltr" role="presentation"><span>one</span></p></li>
      <ul><li aria-level="2"><p role="presentation"><span>within</span></p></li></ul></ul>
      <div dir="ltr" align="left"><table style="border:none"><colgroup><col width="300"></colgroup><tbody>
      <tr style="height:0pt"><td style="border:solid"><p><span>cell</span></p></td></tr></tbody></table></div></b>`),
  ).toEqual([
    'paragraph(bold:Bold plain)',
    'bulletList(listItem(paragraph(one) bulletList(listItem(paragraph(within)))))',
    'table(tableRow(tableCell(paragraph(cell))))',
  ])
})

test('lists that Google Docs puts right into lists belong to the item before; its line breaks between paragraphs go', () => {
  const li = (words: string) => `<li><p role="presentation"><span>${words}</span></p></li>`
  expect(
    outlineOf(`<b style="font-weight:normal"><ol>${li('a')}<ol><ol>${li('b')}</ol></ol></ol><br>
      <p>one<br>two</p><br><ul><ul>${li('c')}</ul>${li('d')}</ul></b><br class="Apple-interchange-newline">`),
  ).toEqual([
    'orderedList(listItem(paragraph(a) orderedList(listItem(paragraph(b)))))',
    'paragraph(one hardBreak() two)',
    'bulletList(listItem(paragraph(c)) listItem(paragraph(d)))',
  ])
})

test('a table within a table, a list or a quotation leaves its words', () => {
  const table = '<table><tr><td>a</td><td>b</td></tr></table>'
  expect(outlineOf(`<table><tr><td>x${table}</td></tr></table>`)).toEqual([
    'table(tableRow(tableCell(paragraph(x) paragraph(a) paragraph(b))))',
  ])
  expect(outlineOf(`<ul><li>x${table}</li></ul>`)).toEqual([
    'bulletList(listItem(paragraph(x) paragraph(a) paragraph(b)))',
  ])
  expect(outlineOf(`<blockquote>${table}</blockquote>`)).toEqual(['blockquote(paragraph(a) paragraph(b))'])
})

describe('of what is dropped or pasted', () => {
  const photo = new File(['x'], 'pump.png', { type: 'image/png' })
  const transfer = (html: string) =>
    ({
      files: [photo],
      getData: (type: string) => (type === 'text/html' ? html : ''),
    }) as unknown as DataTransfer

  test.each([
    ['a file alone is meant', '', [photo]],
    ['a picture beside its address is meant', '<meta><img src="https://example.com/pump.png">', [photo]],
    [
      'a picture of words beside the words is not',
      word('<p class=MsoNormal>Words<img src="clip.png"></p>'),
      [],
    ],
    ['a cell of Excel beside its picture is not', '<table><tr><td></td></tr></table>', []],
  ])('%s', (_, html, files) => {
    expect(filesIn(transfer(html))).toEqual(files)
  })
})

test('text keeps out what no database can hold', () => {
  expect(cleanText('a\0b\ud800c')).toBe('ab\ufffdc')
})
